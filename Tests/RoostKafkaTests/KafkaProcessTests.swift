import Foundation
import RoostEvents
import RoostEventsTesting
import TestTools
import Testing

@testable import RoostKafka

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite(.timeLimit(.minutes(5))) struct KafkaProcessTests {
    private func member(of fixture: Fixture, holds: Bool = true) async throws -> TestProcess {
        try await TestProcess.start("kafka-member-helper", ["join", fixture.url, Fixture.group, Fixture.topic] + (holds ? ["hold"] : []))
    }

    private func line(of process: TestProcess, where matches: (String) -> Bool) async throws -> String {
        while let line = await process.line() { if matches(line) { return line } }
        return try #require(nil as String?, "the member has ended: \(process.text)")
    }

    @Test func theLanesOfAKilledProcessGoToAnother() async throws {
        let fixture = try await Fixture(), sent = Fixture.event(1)
        let first = try await member(of: fixture)
        try await fixture.bus.publish([sent])
        _ = try await line(of: first) { $0.hasPrefix("delivered \(sent.id)") }
        first.send(SIGKILL)
        let second = try await member(of: fixture)
        let again = try await line(of: second) { $0.hasPrefix("delivered \(sent.id)") }
        #expect(again.hasSuffix(" again"))
        await fixture.bus.close()
    }

    @Test func aStoppedProcessLosesItsLanesAndLearnsOfIt() async throws {
        let fixture = try await Fixture(), sent = Fixture.event(1)
        let first = try await member(of: fixture)
        try await fixture.bus.publish([sent])
        let lane = try await line(of: first) { $0.hasPrefix("delivered \(sent.id)") }.split(separator: " ")[2]
        first.send(SIGSTOP)
        let second = try await member(of: fixture)
        let again = try await line(of: second) { $0.hasPrefix("delivered \(sent.id)") }
        #expect(again.hasSuffix(" again"))
        first.send(SIGCONT)
        _ = try await line(of: first) { $0 == "lost \(lane)" }
        await fixture.bus.close()
    }

    @Test func processesShareTheLanes() async throws {
        let fixture = try await Fixture()
        let first = try await member(of: fixture, holds: false), second = try await member(of: fixture, holds: false)
        try await fixture.bus.declare([GroupMembership(Fixture.group, topics: [Fixture.topic])])
        for process in [first, second] { _ = try await line(of: process) { $0.hasPrefix("assigned ") } }
        let events = (0..<200).map { Fixture.event($0, key: "\($0)") }
        try await fixture.bus.publish(events)
        // Each of them gets some, wherever the lanes are in the end.
        for process in [first, second] { _ = try await line(of: process) { $0.hasPrefix("delivered ") } }
        await fixture.bus.close()
    }
}
