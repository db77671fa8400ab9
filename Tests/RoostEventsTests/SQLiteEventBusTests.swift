import Foundation
import Roost
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct SQLiteEventBusTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func event(_ number: Int) -> EventEnvelope {
        EventEnvelope(Counted(series: "a", number: number), source: "test")
    }

    @Test(arguments: EventBusConformance.cases)
    func conforms(_ conformance: ConformanceCase<any EventBus>) async throws {
        let bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        try await conformance.check(bus)
        await bus.close()
    }

    @Test func anotherOpenBusOnTheFileGetsTheEvents() async throws {
        let first = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        let second = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        let reader = try await second.reader(group: "g", topics: [Counted.topic])
        async let delivered = reader.next(atMost: 10)
        let sent = event(1)
        try await first.append([sent])
        #expect(try await delivered.map(\.envelope.id) == [sent.id])
    }

    @Test func eventsOutliveTheBus() async throws {
        let sent = event(1)
        let first = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        try await first.append([sent])
        await first.close()
        let second = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        let reader = try await second.reader(group: "g", topics: [Counted.topic])
        #expect(try await reader.next(atMost: 10).map(\.envelope.id) == [sent.id])
    }

    @Test func retentionDeletesTheOldest() async throws {
        let bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"), retention: EventRetention(count: 3))
        let sent = (0..<10).map(event)
        try await bus.append(sent)
        let reader = try await bus.reader(group: "g", topics: [Counted.topic])
        #expect(try await reader.next(atMost: 10).map(\.envelope.id) == sent.suffix(3).map(\.id))
    }

    @Test(arguments: ["", "Group", "a/b", String(repeating: "g", count: 65)])
    func aWrongGroupNameIsAConfigurationError(_ group: String) async throws {
        let bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        await #expect(throws: ConfigurationError.self) { try await bus.reader(group: group, topics: ["t"]) }
    }

    @Test func aWrongURLNamesItsKey() async throws {
        await #expect {
            try await SQLiteEventBus.open("kafka://localhost")
        } throws: {
            "\($0)".hasPrefix("EVENTS_URL=kafka://localhost is wrong")
        }
    }
}
