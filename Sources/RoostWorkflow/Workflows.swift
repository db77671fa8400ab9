public import Roost
public import RoostData
import RoostWork
public import ServiceLifecycle

/// The workflows of a service: starts their runs, and works on them.
///
/// The runs are rows in the service's own database. Any number of processes can work on them at once; a run whose process dies is taken over
/// at once by another one, or after the lease if the process hangs.
///
/// ```swift
/// let workflows = Workflows([OrderFlow(catalog: catalog, payments: payments)], in: database)
/// try await database.transaction { transaction in
///     try await transaction.insert(order)
///     try await workflows.start(OrderFlow.self, placed, id: order.id.text, in: transaction)
/// }
/// ```
public struct Workflows: Service {
    let store: RunStore
    let active = ActiveRuns()
    private let registered: [RegisteredWorkflow]

    /// Creates the workflows of a service.
    /// - Parameters:
    ///   - workflows: The workflows, including earlier versions that still have runs.
    ///   - database: The service's own database, with `WorkflowTables.migrations`.
    ///   - options: How the runs of each workflow are worked on.
    public init(_ workflows: [any Workflow], in database: Database, options: WorkflowOptions = WorkflowOptions()) {
        let registered = workflows.map { RegisteredWorkflow($0, in: database, options.work) }
        self.registered = registered
        store = RunStore(database: database) { name, version in
            registered.first { $0.name == name && $0.version == version }?.queue.wake()
        }
    }

    /// Works on the runs until the service is asked to stop or the task is cancelled. Runs that are under way then go on elsewhere, or at the
    /// next start, after their last recorded step.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for workflow in registered {
                    let execution = RunExecution(workflow: workflow, store: store, active: active)
                    group.addTask {
                        await takeUpHeld(workflow)
                        await workflow.queue.run { try await execution.execute($0) }
                    }
                }
            }
        }
    }
}

extension Workflows {
    /// Takes up the runs again that are stuck or have diverged, because a new version may know what to do.
    private func takeUpHeld(_ workflow: RegisteredWorkflow) async {
        do {
            let count = try await store.retryHeld(in: workflow.queue.name)
            guard count > 0 else { return }
            RequestContext.defaultLogger.notice("\(count) runs of \(workflow.name) that were stuck or had diverged are taken up again.")
        } catch {
            RequestContext.defaultLogger.warning("The runs of \(workflow.name) that are stuck cannot be taken up again: \(error)")
        }
    }
}

/// How the runs of a workflow are worked on.
public struct WorkflowOptions: Sendable {
    /// The number of runs of each workflow that a process works on at once. Runs that wait for a date, a signal or another run do not count.
    public var concurrency: Int
    /// How long a process that hangs keeps its runs. A process that dies loses them immediately.
    public var lease: Duration
    /// How long steps may go on after the service is asked to stop, before they are cancelled.
    public var grace: Duration

    /// Creates options.
    /// - Parameters:
    ///   - concurrency: The number of runs of each workflow that a process works on at once.
    ///   - lease: How long a process that hangs keeps its runs.
    ///   - grace: How long steps may go on after the service is asked to stop.
    public init(concurrency: Int = 64, lease: Duration = .seconds(15), grace: Duration = .seconds(2)) {
        self.concurrency = concurrency
        self.lease = lease
        self.grace = grace
    }

    var work: WorkOptions {
        WorkOptions(
            concurrency: concurrency, retry: RetryPolicy(attempts: .max, backoff: Backoff(longest: .seconds(5))), lease: lease,
            grace: grace, noun: "run")
    }
}
