import Dispatch
import Roost
import RoostData
import Synchronization

/// A transaction or a single statement that writes. A transaction is the executor of its own task, so that waiting for its turn is just a
/// job that waits in the queue, and the task then runs on the writer's thread.
///
/// The task's first job joins the queue of the `Writer`, which then runs all jobs of the unit. If a unit is refused while it waits, a
/// global queue runs its job instead, which then finds out why.
final class UnitOfWork: TaskExecutor {
    /// A statement, which needs no task.
    struct Work: Sendable {
        /// Runs it on the writer's thread.
        let run: @Sendable (CommitGroup) -> Void
        /// Reports that it cannot be run.
        let refuse: @Sendable (any Error) -> Void
    }

    fileprivate enum Phase { case created, waiting, running, over }

    fileprivate struct State {
        var phase = Phase.created
        var jobs: [UnownedJob] = []
        var work: Work?
        var refusal: (any Error)?
    }

    fileprivate enum Way { case join, run, elsewhere, none }

    /// The end of its wait for its turn.
    let deadline: ContinuousClock.Instant
    /// Whether it changes the schema, and therefore shares its commit with no other unit.
    let changesSchema: Bool
    /// When its commit counts as done.
    let durability: CommitDurability
    /// The deadline of the call that began it, for statements that run outside the call's task.
    let callDeadline = RequestContext.current?.deadline
    private let writer: Writer
    private let warning: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameter warning: Logs a warning in the name of the unit's caller.
    init(
        in writer: Writer, until deadline: ContinuousClock.Instant, changesSchema: Bool = false, durability: CommitDurability = .durable,
        warning: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.writer = writer
        self.deadline = deadline
        self.changesSchema = changesSchema
        self.durability = durability
        self.warning = warning
    }

    func enqueue(_ job: consuming ExecutorJob) {
        // As soon as others can see the job, its task may finish and release the last reference to this object. The runtime keeps none.
        let kept = Unmanaged.passRetained(self)
        defer { kept.release() }
        let job = UnownedJob(job)
        switch state.withLock({ $0.add(job) }) {
        case .none: break
        case .join: writer.join(self)
        case .run: writer.add(job, of: self)
        case .elsewhere: runElsewhere([job])
        }
    }

    /// Joins the queue with a statement.
    func join(with work: Work) {
        state.withLock { state in
            state.work = work
            state.phase = .waiting
        }
        writer.join(self)
    }

    /// Runs the unit's statement, or the first jobs of its task, on the writer's thread.
    func start(in group: CommitGroup) {
        let (jobs, work) = state.withLock { state in
            state.phase = .running
            defer { (state.jobs, state.work) = ([], nil) }
            return (state.jobs, state.work)
        }
        work?.run(group)
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    func warn(_ message: String) { warning(message) }
}

extension UnitOfWork {
    /// Why the unit was refused or ended, or `nil` if it was not.
    var refusal: (any Error)? { state.withLock { $0.refusal } }

    /// Makes the unit fail with an error if it has not had its turn yet.
    func refuse(_ error: any Error) {
        // The queue checks for the refusal when the unit joins it, so one of the two sees the other.
        state.withLock { $0.refusal = error }
        if writer.remove(self) { leave(error) }
    }

    /// Makes the unit fail with an error. It is not in the queue.
    func turnAway(_ error: any Error) {
        state.withLock { $0.refusal = error }
        leave(error)
    }

    /// Records why the unit was ended before its time.
    func expel(_ error: any Error) { state.withLock { $0.refusal = error } }

    private func leave(_ error: any Error) {
        let (jobs, work) = state.withLock { state in
            state.phase = .over
            defer { (state.jobs, state.work) = ([], nil) }
            return (state.jobs, state.work)
        }
        work?.refuse(error)
        if !jobs.isEmpty { runElsewhere(jobs) }
    }

    /// Runs jobs that the writer's thread does not run.
    func runElsewhere(_ jobs: [UnownedJob]) {
        DispatchQueue.global().async { [self] in
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

extension UnitOfWork.State {
    fileprivate mutating func add(_ job: UnownedJob) -> UnitOfWork.Way {
        switch phase {
        case .over: return .elsewhere
        case .running: return .run
        case .created:
            phase = .waiting
            jobs.append(job)
            return .join
        case .waiting:
            jobs.append(job)
            return .none
        }
    }
}
