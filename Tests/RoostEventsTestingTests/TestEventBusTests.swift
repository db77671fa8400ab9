import Roost
import RoostEvents
import RoostSystemTesting
import Testing

@testable import RoostEventsTesting

@Suite(.timeLimit(.minutes(5))) struct TestEventBusTests {
    private let bus = TestEventBus()

    @Test(arguments: EventBusConformance.cases + EventBusConformance.deduplication + EventBusConformance.history)
    func conforms(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        try await requirement.check(EventBusUnderTest(bus) { ($0 as? TestGroupMember)?.crash() })
    }

    @Test func aTestSeesWhatWasPublished() async throws {
        try await bus.publish(Noted(author: "ada", number: 1), from: "notes")
        try await bus.publish(Forgotten(author: "ada"))
        #expect(try bus.events(Noted.self) == [Noted(author: "ada", number: 1)])
        #expect(bus.envelopes.map(\.topic) == ["notes.noted", "notes.forgotten"])
        #expect(bus.envelopes.map(\.source) == ["notes", "test"])
        #expect(bus.envelopes.first?.key == "ada")
    }

    @Test func aTestWaitsForAnEvent() async throws {
        async let second = bus.first(Noted.self) { $0.number == 2 }
        for number in 1...3 { try await bus.publish(Noted(author: "ada", number: number)) }
        #expect(try await second.number == 2)
    }

    @Test func anEventThatIsNotPublishedIsNamed() async throws {
        try await bus.publish(Forgotten(author: "ada"))
        let error = await #expect(throws: OverdueError.self) { try await bus.first(Noted.self, within: .milliseconds(1)) }
        #expect(error?.description.contains("notes.noted") == true)
    }

    @Test func eventsAreSettledOnceTheirMemberSaysSo() async throws {
        try await bus.publish(Noted(author: "ada", number: 1))
        await #expect(throws: OverdueError.self) { try await bus.waitUntilSettled(by: "readers", within: .milliseconds(1)) }
        let member = try await bus.join(GroupMembership("readers", topics: [Noted.topic]))
        let delivery = try #require(try await member.deliveries(1).first)
        await #expect(throws: OverdueError.self) { try await bus.waitUntilSettled(by: "readers", within: .milliseconds(1)) }
        async let settled: Void = bus.waitUntilSettled(by: "readers")
        try await member.settle(delivery.id)
        try await settled
        // Events of other topics are none of its own.
        try await bus.publish(Forgotten(author: "ada"))
        try await bus.waitUntilSettled(by: "readers")
    }

    @Test(arguments: ["", "Group", "a/b", String(repeating: "g", count: 65)])
    func aWrongGroupNameIsAConfigurationError(_ group: String) async throws {
        await #expect(throws: ConfigurationError.self) { try await bus.join(GroupMembership(group, topics: ["t"])) }
    }

    @Test func aClosedBusFails() async throws {
        let member = try await bus.join(GroupMembership("readers", topics: [Noted.topic]))
        let waiting = Task { try await member.deliveries(1) }
        await bus.close()
        await #expect(throws: Problem.self) { try await waiting.value }
        await #expect(throws: Problem.self) { try await bus.publish(Forgotten(author: "ada")) }
    }
}
