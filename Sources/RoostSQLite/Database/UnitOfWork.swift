import Dispatch
import Roost
import RoostData
import Synchronization

/// What has a connection to itself: a transaction, or a single statement. It is the executor of its own task, so that waiting for a
/// connection is nothing but a job that waits in the line, and whatever the task then does runs on the connection's thread.
///
/// The task's first job joins the line. A `ConnectionThread` takes the unit out and runs its jobs until the unit is finished. A unit
/// that is refused while it waits has its job run by a global queue instead, where it finds out why.
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

    /// Until when it waits for a connection.
    let deadline: ContinuousClock.Instant
    private let line: ConnectionLine
    private let state = Mutex(State())

    init(in line: ConnectionLine, until deadline: ContinuousClock.Instant) {
        self.line = line
        self.deadline = deadline
    }

    func enqueue(_ job: consuming ExecutorJob) {
        // As soon as others can see the job, its task may run to its end, and the last reference to this object may go with it. The
        // runtime holds none of its own.
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

    /// Has the unit's task fail with `error` if it has no connection yet.
    func refuse(_ error: any Error) {
        // The line looks for the refusal when the unit joins it, so one of the two sees the other.
        state.withLock { $0.refusal = error }
        if line.remove(self) { leave() }
    }

    /// Has the unit's task fail with `error`. The unit is not in the line.
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

    /// Gives the connection back.
    func finish() {
        let thread = state.withLock { state -> ConnectionThread? in
            guard case .running(let thread) = state.phase else { return nil }
            state.phase = .over
            return state.wakes() ? thread : nil
        }
        thread?.wake()
    }

    /// The connection, if the calling thread is the connection's and the unit still has it.
    var connection: SQLiteConnection? {
        let thread = state.withLock { state -> ConnectionThread? in
            if case .running(let thread) = state.phase { thread } else { nil }
        }
        guard let thread, thread.isCurrent else { return nil }
        return thread.connection
    }

    /// Uses the connection: at once from its own thread, and from any other after a change to that.
    /// - Throws: a `DatabaseError` with the code `.closed` once the unit is finished.
    @concurrent func use<Result: Sendable>(_ body: @Sendable (SQLiteConnection) throws -> Result) async throws -> Result {
        if let connection { return try body(connection) }
        return try await withTaskExecutorPreference(self) {
            guard let connection else { throw DatabaseError(.closed, "the transaction is over") }
            return try body(connection)
        }
    }

    /// Runs the unit's jobs on the calling thread, which is `thread`, until the unit is finished.
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

    /// Notes that the thread is about to be woken.
    /// - Returns: whether it has to be.
    fileprivate mutating func wakes() -> Bool {
        defer { isParked = false }
        return isParked
    }

    /// Swaps the jobs that wait for an empty list.
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
