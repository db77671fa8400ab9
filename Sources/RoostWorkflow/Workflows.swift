import Roost
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
    let admissions: [QueueAdmission]
    private let schedules: [ScheduledWorkflow]
    private let retention: Duration?

    /// Creates the workflows of a service.
    /// - Parameters:
    ///   - workflows: The workflows, including earlier versions that still have runs.
    ///   - schedules: The workflows that start on schedules.
    ///   - database: The service's own database, with `WorkflowTables.migrations`.
    ///   - options: How the runs of each workflow are worked on.
    public init(
        _ workflows: [any Workflow], schedules: [ScheduledWorkflow] = [], in database: Database,
        options: WorkflowOptions = WorkflowOptions()
    ) {
        let registered = Self.distinct(workflows.map { RegisteredWorkflow($0, in: database, options.work) }, "workflow") {
            "\($0.name), version \($0.version)"
        }
        let admissions = QueueAdmission.all(of: registered, in: database)
        self.registered = registered
        self.admissions = admissions
        self.schedules = Self.distinct(schedules, "schedule", by: \.name)
        retention = options.retention
        store = RunStore(database: database) { name, version in
            guard let workflow = registered.first(where: { $0.name == name && $0.version == version }) else { return }
            workflow.queue.wake()
            admissions.first { $0.limits.name == workflow.limits?.name }?.changed.notify()
        }
    }

    /// Leaves out what is declared twice: either declaration would work on, or start, the same runs.
    private static func distinct<Element>(_ all: [Element], _ kind: String, by label: (Element) -> String) -> [Element] {
        var labels: Set<String> = []
        return all.filter { element in
            let label = label(element), isFirst = labels.insert(label).inserted
            if !isFirst { RequestContext.defaultLogger.error("The \(kind) \(label) is declared twice; the first declaration applies.") }
            return isFirst
        }
    }

    /// Returns a version of a workflow, if this process has it.
    func registered(_ name: String, _ version: Int) -> RegisteredWorkflow? {
        registered.first { $0.name == name && $0.version == version }
    }

    /// Works on the runs until the service is asked to stop or the task is cancelled. Runs in progress are then continued after their last recorded
    /// step, by another process or at the next start.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for workflow in registered {
                    let execution = RunExecution(workflow: workflow, store: store, active: active)
                    let admission = admissions.first { $0.limits.name == workflow.limits?.name }
                    group.addTask {
                        await takeUpHeld(workflow)
                        await workflow.queue.run { job in
                            // When the run ends, another one may get its place.
                            defer { admission?.changed.notify() }
                            try await execution.execute(job)
                        }
                    }
                }
                for admission in admissions { group.addTask { await admission.run() } }
                for schedule in schedules { group.addTask { await ScheduleRunner(scheduled: schedule, store: store).run() } }
                group.addTask { await RunMetrics(of: registered, in: store.database).run() }
                if let retention { group.addTask { await RunRetention(store: store, age: retention).run() } }
            }
        }
    }
}

extension Workflows {
    /// Takes up the runs that are stuck or have diverged again, because a new version of the service may be able to continue them.
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
    /// How long steps can continue after the service is asked to stop, before they are cancelled.
    public var grace: Duration
    /// How long a run and its steps are kept after its end; `nil` keeps them without a limit. As long as they are kept, another run cannot have the
    /// same identifier.
    public var retention: Duration?

    /// Creates options.
    /// - Parameters:
    ///   - concurrency: The number of runs of each workflow that a process works on at once.
    ///   - lease: How long a process that hangs keeps its runs.
    ///   - grace: How long steps can continue after the service is asked to stop.
    ///   - retention: How long a run and its steps are kept after its end; by default, 30 days.
    public init(
        concurrency: Int = 64, lease: Duration = .seconds(15), grace: Duration = .seconds(2), retention: Duration? = .seconds(30 * 86_400)
    ) {
        self.concurrency = concurrency
        self.lease = lease
        self.grace = grace
        self.retention = retention
    }

    var work: WorkOptions {
        var options = WorkOptions(
            concurrency: concurrency, retry: RetryPolicy(attempts: .max, backoff: Backoff(longest: .seconds(5))), lease: lease,
            grace: grace, noun: "run")
        // Other runs that the process worked on are not to blame.
        options.crashesUntilAlone = RunExecution.mostCrashes - 1
        // The next attempt must know that steps may have begun.
        options.countsInterruptions = true
        return options
    }
}
