import Foundation
import Roost
import RoostData
import RoostEvents
import Synchronization
import Testing

/// An event that the bus never takes holds up no other.
@Suite(.timeLimit(.minutes(1))) struct OutboxTests {
    private struct Refusal: Error {}

    private let directory: TemporaryDirectory
    private let embedded: EmbeddedEventBus
    private let database: Database
    private static let soon = RetryPolicy(attempts: 3, first: .milliseconds(1))

    init() async throws {
        directory = try TemporaryDirectory()
        embedded = try await EmbeddedEventBus.open(directory.url("events.db"))
        database = try await Database.open(directory.url("service.db"), migrations: Outbox.migrations)
    }

    private func publish(_ events: [Counted]) async throws {
        try await database.transaction { transaction in
            for event in events { try await transaction.publish(event) }
        }
    }

    private func relayed() async throws -> [Counted] {
        let reader = try await embedded.reader(group: "probe", topics: [Counted.topic])
        defer { reader.close() }
        return try await reader.next(atMost: 1000).map { try JSON.decode(Counted.self, from: $0.envelope.data) }
    }

    @Test(arguments: [Problem(.contentTooLarge), Refusal()] as [any Error])
    func anEventThatTheBusNeverTakesHoldsUpNoOtherAndEndsWithItsReason(error: any Error) async throws {
        let others = (1...200).map { Counted(series: "good \($0 % 7)", number: $0) }
        let refused = Counted(series: "bad", number: 1), next = Counted(series: "bad", number: 2)
        try await publish(others.prefix(100) + [refused, next] + others.suffix(100))
        let bus = PickyBus(embedded) { $0 == refused ? error : nil }, outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        try await outbox.relay()
        #expect(try await relayed().filter { $0.series != "bad" } == others)
        // A bus that refuses the event without saying whether that may pass is asked again beside further events.
        var number = 0
        while try await outbox.deadLetters(limit: 1).isEmpty {
            number += 1
            try await publish([Counted(series: "later", number: number)])
            try await outbox.relay()
        }
        let letters = try await outbox.deadLetters(limit: 10)
        #expect(try letters.map { try JSON.decode(Counted.self, from: $0.envelope.data) } == [refused])
        #expect(letters.first?.error == "\(error)")
        #expect(letters.first?.attempts == (error is Refusal ? 3 : 1))
        try await outbox.relay()
        #expect(try await relayed().filter { $0.series == "bad" } == [next])
        #expect(try await database.first("SELECT 1 FROM roost_outbox") == nil)

        bus.refuses = { _ in nil }
        #expect(try await outbox.replay(letters[0].envelope.id))
        #expect(try await !outbox.replay(letters[0].envelope.id))
        try await outbox.relay()
        #expect(try await relayed().filter { $0.series == "bad" } == [next, refused])
        #expect(try await outbox.deadLetters(limit: 10).isEmpty)
    }

    @Test(arguments: [Problem.unavailable("down"), Refusal(), ConfigurationError("nobody may publish here")] as [any Error])
    func aBusThatTakesNothingIsToBlameItself(error: any Error) async throws {
        let events = (1...10).map { Counted(series: "\($0)", number: $0) }
        try await publish(events)
        let bus = PickyBus(embedded) { _ in error }, outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        for _ in 0..<5 { await #expect(throws: (any Error).self) { try await outbox.relay() } }
        #expect(try await outbox.deadLetters(limit: 10).isEmpty)
        bus.refuses = { _ in nil }
        try await outbox.relay()
        #expect(try await relayed() == events)
    }
}

/// A bus that does not take some events.
private final class PickyBus: EventBus {
    private let bus: EmbeddedEventBus
    private let rule: Mutex<@Sendable (Counted) -> (any Error)?>

    var refuses: @Sendable (Counted) -> (any Error)? {
        get { rule.withLock { $0 } }
        set { rule.withLock { $0 = newValue } }
    }

    init(_ bus: EmbeddedEventBus, refuses: @escaping @Sendable (Counted) -> (any Error)?) {
        self.bus = bus
        rule = Mutex(refuses)
    }

    func append(_ envelopes: [EventEnvelope]) async throws {
        for envelope in envelopes {
            if let error = refuses(try JSON.decode(Counted.self, from: envelope.data)) { throw error }
        }
        try await bus.append(envelopes)
    }

    func reader(group: String, topics: Set<String>) async throws -> any EventReader { try await bus.reader(group: group, topics: topics) }
    var deadLetters: any DeadLetterQueue { bus.deadLetters }
}
