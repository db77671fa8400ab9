import Foundation
import Logging
import Roost
import RoostHTTP

/// Runs a system as processes: starts them, waits until they are ready, shows what they write, starts again what ends, and
/// stops all in order.
actor Supervisor {
    private enum Event: Sendable {
        case ended(String, ChildProcess.End)
        case ready(String)
        case restart(String)
        /// - Parameter now: whether what is under way is not to be finished.
        case stop(now: Bool)
    }

    private struct Child {
        let plan: ProcessPlan
        var process: ChildProcess?
        var started = ContinuousClock.now
        var policy = RestartPolicy()
        var isReady = false
    }

    /// How long a process may take to finish what is under way, before it is ended.
    static let grace = Duration.seconds(22)
    /// How long all may take until they are ready for the first time.
    static let startLimit = Duration.seconds(60)

    private let name: String
    private let plans: [ProcessPlan]
    private let environment: [String: String]
    private let output: Output
    private let events: AsyncStream<Event>
    private let post: AsyncStream<Event>.Continuation
    private let client = HTTPClient()
    private var children: [String: Child] = [:]
    private var isUp = false

    /// - Parameter environment: what each process is given.
    init(_ name: String, _ plans: [ProcessPlan], environment: [String: String]) {
        self.name = name
        self.plans = plans
        self.environment = environment
        output = Output(names: plans.map(\.name))
        (events, post) = AsyncStream.makeStream()
    }

    /// Runs until asked to stop.
    /// - Returns: the exit code: success where all was stopped as asked.
    func run(until stop: StopSignal) async -> Int32 {
        let stopping = Task { [post] in
            var isStopping = false
            for await signal in stop.requests {
                post.yield(.stop(now: isStopping && signal == SIGINT))
                isStopping = true
            }
        }
        defer { stopping.cancel() }
        for plan in plans {
            children[plan.name] = Child(plan: plan)
            start(plan.name)
        }
        let limit = Task { [post] in
            try await Task.sleep(for: Self.startLimit)
            post.yield(.stop(now: false))
        }
        defer { limit.cancel() }
        let code = await watch(limit)
        await stopAll()
        client.shutdown()
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
            case .ended(let name, let end):
                output.note(name, "\(end)")
                children[name]?.process = nil
                if !isUp, end == .exited(ExitCode.configuration) { return ExitCode.configuration }
                restart(name)
            case .restart(let name):
                start(name)
            case .stop:
                if !isUp { output.note(self.name, "stopped before all were ready") }
                return isUp ? ExitCode.success : ExitCode.failure
            }
        }
        return ExitCode.failure
    }

    private func announce() {
        if let gateway = plans.first(where: \.isGateway) {
            output.note(name, "is up at http://\(gateway.address.host):\(gateway.address.port) (Ctrl-C stops it)")
        } else {
            output.note(name, "is up (Ctrl-C stops it)")
        }
    }

    // MARK: One process

    private func start(_ name: String) {
        guard let plan = children[name]?.plan else { return }
        children[name]?.started = .now
        do {
            children[name]?.process = try ChildProcess(
                executable: Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]),
                arguments: ["--host", plan.services.joined(separator: ",")], environment: environment,
                line: { [output] in output.line(name, $0) }, ended: { [post] in post.yield(.ended(name, $0)) })
            Task { await awaitReadiness(of: plan) }
        } catch {
            output.note(name, "could not be started: \(error)")
            restart(name)
        }
    }

    private func restart(_ name: String) {
        guard var child = children[name] else { return }
        child.isReady = false
        let pause = child.policy.pause(afterRunning: child.started.duration(to: .now))
        children[name] = child
        Task { [post] in
            try await Task.sleep(for: pause)
            post.yield(.restart(name))
        }
    }

    /// Asks until the process answers that it is ready, or is no more.
    private func awaitReadiness(of plan: ProcessPlan) async {
        guard let process = children[plan.name]?.process else { return }
        while children[plan.name]?.process === process {
            let response = try? await client.send(Request(.get, "/health/ready"), to: plan.address, deadline: .now + .seconds(1))
            if let response, plan.isGateway || response.status == .ok {
                _ = try? await response.body.collect(upTo: 1024)
                post.yield(.ready(plan.name))
                return
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: The end

    /// Stops the gateway first, then the services, the last of the page first.
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
            output.note(name, "did not stop in \(Self.grace) and is ended")
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
            case .stop, .ready, .restart: continue
            }
            if children[name]?.process == nil { return }
        }
    }
}
