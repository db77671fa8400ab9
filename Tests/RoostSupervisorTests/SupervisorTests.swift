import Foundation
import Logging
import Roost
import RoostSupervisor
import RoostTesting
import ServiceLifecycle
import Synchronization
import Testing

/// The supervisor, with shell scripts for processes.
@Suite(.timeLimit(.minutes(5))) struct SupervisorTests {
    /// Says that it is ready, and stops when it is asked to.
    private static let server = "trap 'exit 0' TERM; echo \"$READY\"; while :; do sleep 0.01; done"
    private static let policy = RestartPolicy(
        backoff: Backoff(first: .milliseconds(1), longest: .seconds(10), jitter: 1...1), grace: .seconds(20))

    private func plan(_ name: String, _ script: String = server, isEssential: Bool = false) -> ProcessPlan {
        ProcessPlan(
            name, executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
            readiness: .line(variable: "READY"), isEssential: isEssential)
    }

    @Test func aProcessIsToldOfFromItsStartToItsEnd() async throws {
        let events = Events()
        let script = "echo before; \(Self.server)"
        let supervisor = Supervisor([plan("a", script)], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        supervisor.stop()
        #expect(await outcome == .stopped)
        // The shell tells that the signal has ended its child too.
        let all = events.all.filter { $0 != .line(name: "a", text: "Terminated") }
        guard case .started("a", let processID) = all.first else { return #expect(Bool(false), "\(all)") }
        #expect(
            all == [
                .started(name: "a", processID: processID), .line(name: "a", text: "before"), .ready(name: "a"), .allReady,
                .stopping(isRequested: true, wereReady: true), .exited(name: "a", .exited(code: 0), then: .stop), .stopped,
            ])
    }

    @Test func theLastIsStoppedFirst() async throws {
        let events = Events()
        let supervisor = Supervisor(["a", "b", "c"].map { plan($0) }, Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        supervisor.stop()
        #expect(await outcome == .stopped)
        #expect(events.exits.map(\.name) == ["c", "b", "a"])
    }

    @Test func whatEndsIsStartedAgainAfterLongerAndLongerPauses() async throws {
        let events = Events()
        let supervisor = Supervisor(
            [plan("steady"), plan("brief", "echo \"$READY\"; exit 1"), plan("none", "exit 1")], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .exited(name: "none", .exited(code: 1), then: .restart(pause: .milliseconds(4), failures: 3)) }
        try await events.wait { $0 == .exited(name: "brief", .exited(code: 1), then: .restart(pause: .milliseconds(4), failures: 3)) }
        #expect(events.all.filter { $0 == .ready(name: "brief") }.count >= 3)
        #expect(!events.all.contains(.allReady))
        supervisor.stop()
        #expect(await outcome == .stopped)
        #expect(events.all.contains(.stopping(isRequested: true, wereReady: false)))
    }

    @Test func aPermanentFailureAtTheStartEndsAll() async {
        let events = Events()
        let supervisor = Supervisor([plan("a"), plan("b", "exit 78")], Self.policy, listeners: events.add)
        #expect(await supervisor.supervise() == .failedPermanently)
        #expect(events.all.contains(.exited(name: "b", .exited(code: 78), then: .none(isTheEnd: true))))
        #expect(events.all.last == .stopped)
    }

    /// Later only an essential process takes the others along, or the last one.
    @Test func aPermanentFailureLaterLeavesTheOthers() async throws {
        let folder = try TemporaryFolder(), events = Events()
        func failing(_ name: String) -> String {
            "echo \"$READY\"; until [ -e \(folder.path)/\(name) ]; do sleep 0.01; done; exit 78"
        }
        let supervisor = Supervisor(
            [plan("a", failing("a")), plan("b"), plan("door", failing("door"), isEssential: true)], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        try Data().write(to: URL(filePath: folder.path + "/a"))
        try await events.wait { $0 == .exited(name: "a", .exited(code: 78), then: .none(isTheEnd: false)) }
        try Data().write(to: URL(filePath: folder.path + "/door"))
        #expect(await outcome == .failedPermanently)
        #expect(events.all.contains(.exited(name: "b", .exited(code: 0), then: .stop)))
    }

    /// However it fails, the others start and stay, and it is tried again unless that is of no use.
    @Test func whatIsNotRequiredKeepsNothingFromStarting() async throws {
        let events = Events()
        func optional(_ name: String, _ script: String) -> ProcessPlan {
            var plan = plan(name, script)
            plan.isRequired = false
            return plan
        }
        var missing = ProcessPlan("missing", executable: "/no/such/program", isRequired: false)
        missing.readiness = .line(variable: "READY")
        let supervisor = Supervisor(
            [plan("a"), optional("failing", "exit 1"), optional("wrong", "exit 78"), optional("hanging", "cat"), missing], Self.policy,
            listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        try await events.wait { $0 == .exited(name: "wrong", .exited(code: 78), then: .none(isTheEnd: false)) }
        try await events.wait { if case .exited("failing", .exited(code: 1), then: .restart(_, failures: 3)) = $0 { true } else { false } }
        try await events.wait { if case .exited("missing", .failed, then: .restart(_, failures: 3)) = $0 { true } else { false } }
        supervisor.stop()
        #expect(await outcome == .stopped)
    }

    @Test func whatIsNotRequiredDoesNotGoOnAlone() async throws {
        let folder = try TemporaryFolder(), events = Events()
        let failing = "echo \"$READY\"; until [ -e \(folder.path)/end ]; do sleep 0.01; done; exit 78"
        var optional = plan("optional")
        optional.isRequired = false
        let supervisor = Supervisor([plan("a", failing), optional], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        try Data().write(to: URL(filePath: folder.path + "/end"))
        #expect(await outcome == .failedPermanently)
        #expect(events.all.contains(.exited(name: "a", .exited(code: 78), then: .none(isTheEnd: true))))
    }

    @Test func whatIsNotReadyInTimeIsNamed() async {
        let events = Events()
        let policy = RestartPolicy(startLimit: .milliseconds(50))
        let supervisor = Supervisor([plan("a", "cat")], policy, listeners: events.add)
        #expect(await supervisor.supervise() == .notReady)
        #expect(events.all.contains(.notReady(names: ["a"], within: .milliseconds(50))))
        // Another line is no readiness, and nobody else knows the right one.
        #expect(!events.all.contains(.ready(name: "a")))
    }

    @Test func whatDoesNotStopInTimeIsKilled() async throws {
        let events = Events()
        let policy = RestartPolicy(grace: .milliseconds(20))
        let stubborn = "trap '' TERM; echo \"$READY\"; while :; do sleep 0.01; done"
        let supervisor = Supervisor([plan("a", stubborn)], policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        supervisor.stop()
        #expect(await outcome == .stopped)
        #expect(events.all.contains(.overdue(name: "a", grace: .milliseconds(20))))
        #expect(events.exits.map(\.end) == [.killed(signal: SIGKILL)])
    }

    @Test func aSecondRequestKillsAtOnce() async throws {
        let events = Events()
        let stubborn = "trap '' TERM; echo \"$READY\"; while :; do sleep 0.01; done"
        let supervisor = Supervisor([plan("a", stubborn), plan("b", stubborn)], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { $0 == .allReady }
        supervisor.stop()
        supervisor.stop(now: true)
        #expect(await outcome == .stopped)
        #expect(events.exits.map(\.end) == [.killed(signal: SIGKILL), .killed(signal: SIGKILL)])
    }

    @Test func whatCannotBeStartedIsTriedAgain() async throws {
        let events = Events()
        let plan = ProcessPlan("a", executable: "/no/such/program")
        let supervisor = Supervisor([plan], Self.policy, listeners: events.add)
        async let outcome = supervisor.supervise()
        try await events.wait { if case .exited("a", .failed, then: .restart(_, failures: 2)) = $0 { true } else { false } }
        supervisor.stop()
        #expect(await outcome == .stopped)
    }

    /// Cancelled or asked to shut down, as a service is, it leaves no process behind.
    @Test(arguments: [false, true]) func asAServiceItStopsGracefully(isCancelled: Bool) async throws {
        let events = Events()
        let supervisor = Supervisor([plan("a")], Self.policy, listeners: events.add)
        let group = ServiceGroup(configuration: .init(services: [supervisor], logger: Logger(label: "tests")))
        let task = Task { try await group.run() }
        try await events.wait { $0 == .allReady }
        if isCancelled { task.cancel() } else { await group.triggerGracefulShutdown() }
        _ = await task.result
        #expect(events.exits.map(\.end) == [.exited(code: 0)] && events.all.last == .stopped)
    }
}

/// What a supervisor has told.
private final class Events: Sendable {
    private let told = Mutex<[SupervisorEvent]>([])

    var all: [SupervisorEvent] { told.withLock { $0 } }

    /// The ends of processes that were stopped.
    var exits: [(name: String, end: ProcessEnd)] {
        all.compactMap { if case .exited(let name, let end, then: .stop) = $0 { (name, end) } else { nil } }
    }

    func add(_ event: SupervisorEvent) { told.withLock { $0.append(event) } }

    func wait(_ matches: (SupervisorEvent) -> Bool) async throws {
        try await eventually("an event, not only \(all)") { all.contains(where: matches) }
    }
}
