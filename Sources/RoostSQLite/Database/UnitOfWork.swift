import Dispatch
import Roost
import RoostData
import Synchronization

/// The exclusive use of a connection: a transaction, or a single statement. It is the executor of its own task, so that waiting for a
/// connection is just a job that waits in the queue, and the task then runs on the connection's thread.
///
/// The task's first job joins the queue. A `ConnectionThread` takes the unit and runs its jobs until the unit is finished. If a unit is
/// refused while it waits, a global queue runs its job instead, which then finds out why.
final class UnitOfWork: TaskExecutor {
    fileprivate enum Phase {
        case created, waiting
        case running(ConnectionThread)
        case over
    }

    fileprivate struct State {
        var phase = Phase.created
        var jobs: [UnownedJob] = []
        /// Whether the thread waits for a job.
        var isParked = false
        var refusal: (any Error)?
    }

    fileprivate enum Way { case join, wake(ConnectionThread), elsewhere, none }

    /// The end of its wait for a connection.
    let deadline: ContinuousClock.Instant
    private let line: ConnectionLine
    private let state = Mutex(State())

    init(in line: ConnectionLine, until deadline: ContinuousClock.Instant) {
        self.line = line
        self.deadline = deadline
    }

    func enqueue(_ job: consuming ExecutorJob) {
        // As soon as others can see the job, its task may finish and release the last reference to this object. The runtime keeps none.
        let kept = Unmanaged.passRetained(self)
        defer { kept.release() }
        let job = UnownedJob(job)
        switch state.withLock({ $0.add(job) }) {
        case .none: break
        case .wake(let thread): thread.wake()
        case .elsewhere: runElsewhere([job])
        case .join: line.join(self)
        }
    }

    /// Makes the unit's task fail with an error if it has no connection yet.
    func refuse(_ error: any Error) {
        // The queue checks for the refusal when the unit joins it, so one of the two sees the other.
        state.withLock { $0.refusal = error }
        if line.remove(self) { leave() }
    }

    /// Makes the unit's task fail with an error. The unit is not in the queue.
    func turnAway(_ error: any Error) {
        state.withLock { $0.refusal = error }
        leave()
    }

    private func leave() {
        let jobs = state.withLock { state in
            state.phase = .over
            defer { state.jobs = [] }
            return state.jobs
        }
        runElsewhere(jobs)
    }

    /// Why the unit was refused, or `nil` if it was not.
    var refusal: (any Error)? { state.withLock { $0.refusal } }

    /// Gives back the connection.
    func finish() {
        let thread = state.withLock { state -> ConnectionThread? in
            guard case .running(let thread) = state.phase else { return nil }
            state.phase = .over
            return state.wakes() ? thread : nil
        }
        thread?.wake()
    }

    /// The connection, if the calling thread is the connection's and the unit is not finished.
    var connection: SQLiteConnection? {
        let thread = state.withLock { state -> ConnectionThread? in
            if case .running(let thread) = state.phase { thread } else { nil }
        }
        guard let thread, thread.isCurrent else { return nil }
        return thread.connection
    }

    /// Uses the connection: directly on its own thread, and otherwise after changing to that thread.
    /// - Throws: A `DatabaseError` with the code `.closed` if the unit is finished.
    @concurrent func use<Result: Sendable>(_ body: @Sendable (SQLiteConnection) throws -> Result) async throws -> Result {
        if let connection { return try body(connection) }
        return try await withTaskExecutorPreference(self) {
            guard let connection else { throw DatabaseError(.closed, "the transaction is over") }
            return try body(connection)
        }
    }

    /// Runs the unit's jobs on the calling thread until the unit is finished.
    func run(on thread: ConnectionThread) {
        state.withLock { $0.phase = .running(thread) }
        var batch: [UnownedJob] = []
        while true {
            switch state.withLock({ $0.take(&batch) }) {
            case .jobs: for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
            case .park: thread.park()
            case .end: return
            }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func runElsewhere(_ jobs: [UnownedJob]) {
        DispatchQueue.global().async { [self] in
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

extension UnitOfWork.State {
    fileprivate enum Next { case jobs, park, end }

    fileprivate mutating func add(_ job: UnownedJob) -> UnitOfWork.Way {
        switch phase {
        case .over: return .elsewhere
        case .created:
            phase = .waiting
            jobs.append(job)
            return .join
        case .waiting:
            jobs.append(job)
            return .none
        case .running(let thread):
            jobs.append(job)
            return wakes() ? .wake(thread) : .none
        }
    }

    /// Records that the thread is about to be woken.
    /// - Returns: Whether it has to be.
    fileprivate mutating func wakes() -> Bool {
        defer { isParked = false }
        return isParked
    }

    /// Exchanges the waiting jobs for an empty list.
    fileprivate mutating func take(_ batch: inout [UnownedJob]) -> Next {
        if !jobs.isEmpty {
            swap(&jobs, &batch)
            return .jobs
        }
        if case .over = phase { return .end }
        isParked = true
        return .park
    }
}
