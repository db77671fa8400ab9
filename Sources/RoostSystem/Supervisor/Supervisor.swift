import Foundation
import Logging
import Roost
import RoostHTTP
import Synchronization
import UnixSignals

/// Runs a system as several processes: it starts them, waits until they are ready, shows their output, restarts those that end, and stops
/// all of them in order.
actor Supervisor {
    private enum Event: Sendable {
        case ended(String, ChildProcess.End)
        case ready(String)
        case restart(String)
        /// The time to become ready is over.
        case overdue
        /// A request to stop.
        /// - Parameter now: Whether work in progress is abandoned.
        case stop(now: Bool)
    }

    private struct Child {
        let plan: ProcessPlan
        var process: ChildProcess?
        var started = ContinuousClock.now
        var failures = FailureStreak(.restart)
        var isReady = false
        /// Whether the process is not restarted because it is configured incorrectly.
        var isGivenUp = false
    }

    /// How long a process may take to finish its work before it is killed.
    static let grace = Duration.seconds(22)
    /// How long all processes may take until they are ready for the first time.
    static let startLimit = Duration.seconds(60)

    private let name: String
    private let plans: [ProcessPlan]
    private let environment: [String: String]
    private let output: Output
    private let events: AsyncStream<Event>
    private let post: AsyncStream<Event>.Continuation
    private var children: [String: Child] = [:]
    private var isUp = false

    /// Creates a supervisor.
    /// - Parameters:
    ///   - name: The name of the system.
    ///   - plans: The processes.
    ///   - environment: The environment of each process.
    ///   - filter: Removes secrets from the output.
    init(_ name: String, _ plans: [ProcessPlan], environment: [String: String], filter: SecretFilter) {
        self.name = name
        self.plans = plans
        self.environment = environment
        output = Output(names: plans.map(\.name), filter: filter)
        (events, post) = AsyncStream.makeStream()
    }

    /// Runs until it is asked to stop.
    /// - Returns: The exit code, which is success if everything was stopped as requested.
    func run(until stop: StopRequests) async -> Int32 {
        let stopping = Task { [post] in
            let isStopping = Atomic(false)
            await stop.forEach { signal in
                let again = isStopping.exchange(true, ordering: .relaxed)
                post.yield(.stop(now: again && signal == .sigint))
            }
        }
        defer { stopping.cancel() }
        for plan in plans {
            children[plan.name] = Child(plan: plan)
            start(plan.name)
        }
        let limit = Task { [post] in
            try await Task.sleep(for: Self.startLimit)
            post.yield(.overdue)
        }
        defer { limit.cancel() }
        let code = await watch(limit)
        await stopAll()
        return code
    }

    private func watch(_ limit: Task<Void, any Error>) async -> Int32 {
        for await event in events {
            switch event {
            case .ready(let name):
                children[name]?.isReady = true
                output.note(name, "ready")
                if !isUp, children.values.allSatisfy(\.isReady) {
                    isUp = true
                    limit.cancel()
                    announce()
                }
            case .ended(let name, .exited(ExitCode.configuration)):
                if giveUp(name) { return ExitCode.configuration }
            case .ended(let name, let end):
                restart(name, after: "\(end)")
            case .restart(let name):
                start(name)
            case .overdue:
                let late = plans.map(\.name).filter { children[$0]?.isReady == false }
                output.note(name, "giving up: not ready within \(Self.startLimit): \(late.joined(separator: ", "))")
                return ExitCode.failure
            case .stop:
                if !isUp { output.note(self.name, "asked to stop before all were ready") }
                return ExitCode.success
            }
        }
        return ExitCode.failure
    }

    private func announce() {
        if let gateway = plans.first(where: \.isGateway) {
            output.note(name, "is up at http://\(gateway.address) (Ctrl-C stops it)")
        } else {
            output.note(name, "is up (Ctrl-C stops it)")
        }
    }

    // MARK: One process

    private func start(_ name: String) {
        guard let plan = children[name]?.plan else { return }
        children[name]?.started = .now
        let ready = Readiness.newLine()
        do {
            children[name]?.process = try ChildProcess(
                executable: Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]),
                arguments: ["--host", plan.services.joined(separator: ",")],
                environment: environment.merging(plan.settings) { $1 }.merging([Setting.readyLine.key: ready]) { $1 },
                line: { [output, post] in if $0 == ready { post.yield(.ready(name)) } else { output.line(name, $0) } },
                ended: { [post] in post.yield(.ended(name, $0)) })
        } catch {
            restart(name, after: "could not be started: \(error)")
        }
    }

    /// Restarts a process after a pause, which grows as long as the process keeps ending.
    private func restart(_ name: String, after end: String) {
        guard var child = children[name] else { return }
        (child.process, child.isReady) = (nil, false)
        let pause = child.failures.fail(afterRunning: child.started.duration(to: .now))
        children[name] = child
        let times = child.failures.count > 1 ? ", \(child.failures.count) times in a row" : ""
        output.note(name, "\(end)\(times); restarting in \(pause)")
        Task { [post] in
            try await Task.sleep(for: pause)
            post.yield(.restart(name))
        }
    }

    /// Leaves a process alone that is configured incorrectly: its last line says what is wrong, and a restart would only repeat it.
    /// - Returns: Whether all processes must stop, because they have not all been ready yet or no request can arrive any more.
    private func giveUp(_ name: String) -> Bool {
        guard var child = children[name] else { return false }
        (child.process, child.isReady, child.isGivenUp) = (nil, false, true)
        children[name] = child
        let end = ChildProcess.End.exited(ExitCode.configuration)
        let isOver = !isUp || child.plan.isGateway || children.values.allSatisfy(\.isGivenUp)
        let rest = isOver ? "" : ", then start \(self.name) again. The other services continue without it"
        output.note(name, "\(end) and is not restarted: fix what its last line names\(rest)")
        return isOver
    }

    // MARK: The end

    /// Stops the gateway first, and then the services in reverse order of their declaration.
    private func stopAll() async {
        output.note(name, "stops")
        for plan in plans.reversed() { await stop(plan.name) }
        output.note(name, "stopped")
    }

    private func stop(_ name: String) async {
        guard let process = children[name]?.process else { return }
        process.terminate()
        let overdue = Task { [output] in
            try await Task.sleep(for: Self.grace)
            output.note(name, "did not stop within \(Self.grace): killing it")
            process.end()
        }
        defer { overdue.cancel() }
        for await event in events {
            switch event {
            case .ended(let ended, let end):
                output.note(ended, "\(end)")
                children[ended]?.process = nil
            case .stop(now: true):
                for child in children.values { child.process?.end() }
            case .stop, .ready, .restart, .overdue: continue
            }
            if children[name]?.process == nil { return }
        }
    }
}
