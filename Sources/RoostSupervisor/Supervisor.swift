import Roost
public import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Keeps processes running: it starts them, waits until they are ready, restarts those that end, and stops all of them in order.
///
/// A supervisor writes nothing by itself. Its listeners receive events; one of them can be a terminal.
///
/// ```swift
/// let supervisor = Supervisor([ProcessPlan("worker", executable: "/usr/bin/worker")]) { print($0) }
/// let outcome = await supervisor.supervise()
/// ```
public actor Supervisor: Service {
    /// Receives an event. The events of a process come in order, those of several processes possibly at once. A process cannot write more
    /// while the listener has not returned.
    public typealias Listener = @Sendable (SupervisorEvent) -> Void

    /// The reason why a supervisor ended.
    public enum Outcome: Sendable, Equatable {
        /// It was asked to stop.
        case stopped
        /// Some processes were not ready in time.
        case notReady
        /// An essential process failed permanently, or any process did before all were ready.
        case failedPermanently
    }

    private enum Signal: Sendable {
        case ready(String)
        case ended(String, ProcessEnd)
        case restart(String)
        /// The processes should be ready by now.
        case overdue
        /// - Parameter now: Whether work in progress is abandoned.
        case stop(now: Bool)
    }

    private struct Child {
        let plan: ProcessPlan
        var run: ProcessRun?
        var started = ContinuousClock.now
        var failures: FailureStreak
        var isReady = false
        var isGivenUp = false
    }

    private let plans: [ProcessPlan]
    private let policy: RestartPolicy
    private let tell: Listener
    /// At most three for each process at a time, and the requests to stop.
    private let signals: AsyncStream<Signal>
    private let post: AsyncStream<Signal>.Continuation
    private var children: [String: Child] = [:]
    private var isUp = false

    /// Creates a supervisor.
    /// - Parameters:
    ///   - plans: The processes, which are started in this order and stopped in reverse order.
    ///   - policy: When processes are restarted, and how long the supervisor waits for them.
    ///   - listeners: The listeners, which receive each event in this order.
    public init(_ plans: [ProcessPlan], _ policy: RestartPolicy = RestartPolicy(), listeners: Listener...) {
        self.plans = plans
        self.policy = policy
        tell = { event in for listener in listeners { listener(event) } }
        (signals, post) = AsyncStream.makeStream()
    }

    /// Runs the processes as a service of swift-service-lifecycle, until it is asked to shut down, is cancelled, or fails.
    public func run() async {
        await withGracefulShutdownHandler {
            _ = await supervise()
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Runs the processes until it is asked to stop, is cancelled, or fails. When it returns, all processes have ended. Call it once.
    public func supervise() async -> Outcome {
        // This task is not cancelled, so that it waits for the end of each process.
        let work = Task { await runAll() }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            stop()
        }
    }

    /// Asks the supervisor to stop all processes.
    /// - Parameter now: Whether they are killed instead of finishing their work.
    public nonisolated func stop(now: Bool = false) { post.yield(.stop(now: now)) }

    private func runAll() async -> Outcome {
        for plan in plans {
            children[plan.name] = Child(plan: plan, failures: FailureStreak(policy.backoff))
            start(plan.name)
        }
        let limit = Task { [post, policy] in
            try await Task.sleep(for: policy.startLimit)
            post.yield(.overdue)
        }
        defer { limit.cancel() }
        let outcome = await watch(limit)
        tell(.stopping(isRequested: outcome == .stopped, wereReady: isUp))
        for plan in plans.reversed() { await stop(plan.name) }
        tell(.stopped)
        return outcome
    }

    private func watch(_ limit: Task<Void, any Error>) async -> Outcome {
        noteReady(limit)
        for await signal in signals {
            switch signal {
            case .ready(let name):
                children[name]?.isReady = true
                noteReady(limit)
            case .ended(let name, let end) where isPermanent(end):
                if giveUp(name, after: end) { return .failedPermanently }
            case .ended(let name, let end):
                restart(name, after: end)
            case .restart(let name):
                start(name)
            case .overdue where !isUp:
                let late = plans.filter(\.isRequired).map(\.name).filter { children[$0]?.isReady == false }
                tell(.notReady(names: late, within: policy.startLimit))
                return .notReady
            case .overdue: continue
            case .stop(let now):
                if now { killAll() }
                return .stopped
            }
        }
        return .stopped
    }

    /// Notes that all processes that are required are ready, once they are.
    private func noteReady(_ limit: Task<Void, any Error>) {
        guard !isUp, children.values.allSatisfy({ $0.isReady || !$0.plan.isRequired }) else { return }
        isUp = true
        limit.cancel()
        tell(.allReady)
    }

    // MARK: One process

    private func start(_ name: String) {
        guard var child = children[name] else { return }
        let plan = child.plan, run = ProcessRun()
        (child.run, child.started) = (run, .now)
        children[name] = child
        Task { [tell, post] in
            let end = await run.run(plan, tell) { post.yield(.ready(name)) }
            post.yield(.ended(name, end))
        }
    }

    private func isPermanent(_ end: ProcessEnd) -> Bool {
        if case .exited(let code) = end { policy.permanentExitCodes.contains(code) } else { false }
    }

    /// Restarts a process after a pause, which grows as long as the process keeps ending.
    private func restart(_ name: String, after end: ProcessEnd) {
        guard var child = children[name] else { return }
        (child.run, child.isReady) = (nil, false)
        let pause = child.failures.fail(afterRunning: child.started.duration(to: .now))
        children[name] = child
        tell(.exited(name: name, end, then: .restart(pause: pause, failures: child.failures.count)))
        Task { [post] in
            try await Task.sleep(for: pause)
            post.yield(.restart(name))
        }
    }

    /// Leaves a process alone that failed permanently.
    /// - Returns: Whether all processes must stop, because they have not all been ready yet or are of no use without it.
    private func giveUp(_ name: String, after end: ProcessEnd) -> Bool {
        guard var child = children[name] else { return false }
        (child.run, child.isReady, child.isGivenUp) = (nil, false, true)
        children[name] = child
        let isNeeded = child.plan.isEssential || child.plan.isRequired && !isUp
        // Processes that are not required are of no use without all others.
        let rest = children.values.filter { $0.plan.isRequired || !child.plan.isRequired }
        let isTheEnd = isNeeded || rest.allSatisfy(\.isGivenUp)
        tell(.exited(name: name, end, then: .none(isTheEnd: isTheEnd)))
        return isTheEnd
    }

    // MARK: The end

    private func killAll() {
        for child in children.values { child.run?.send(SIGKILL) }
    }

    private func stop(_ name: String) async {
        guard let run = children[name]?.run else { return }
        run.send(SIGTERM)
        let overdue = Task { [tell, policy] in
            try await Task.sleep(for: policy.grace)
            tell(.overdue(name: name, grace: policy.grace))
            run.send(SIGKILL)
        }
        defer { overdue.cancel() }
        for await signal in signals {
            switch signal {
            case .ended(let ended, let end):
                tell(.exited(name: ended, end, then: .stop))
                children[ended]?.run = nil
            case .stop(now: true): killAll()
            case .stop, .ready, .restart, .overdue: continue
            }
            if children[name]?.run == nil { return }
        }
    }
}
