import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct EventConsumerTests {
    private struct Refusal: Error {}

    private let directory: TemporaryFolder
    private let bus: SQLiteEventBus
    private let database: Database
    private static let heard = Migration("heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, series TEXT, number BIGINT)")

    init() async throws {
        directory = try TemporaryFolder()
        bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        database = try await Database.open(
            directory.databaseURL("service.db"), migrations: Outbox.migrations + Inbox.migrations + [Self.heard])
    }

    private func publish(_ events: [Counted]) async throws {
        try await database.transaction { transaction in
            for event in events { try await transaction.publish(event) }
        }
        try await Outbox(database, to: bus, source: "test").relayAll(of: database)
    }

    private func heard() async throws -> [Counted] {
        try await database.query("SELECT series, number FROM heard ORDER BY position").map {
            Counted(series: try $0.get("series"), number: try $0.get("number"))
        }
    }

    /// Runs a consumer until `isDone` returns true. It is polled, because it reads the database, which does not report changes.
    private func consume(
        _ subscriptions: [Subscription], retry: RetryPolicy = RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1))),
        until isDone: @Sendable @escaping () async throws -> Bool
    ) async throws {
        let consumer = try EventConsumer(subscriptions, group: "test", from: bus, into: database, retry: retry)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("the consumer is done", within: .seconds(240)) { try await isDone() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func note(_ event: Counted, _ transaction: Transaction) async throws {
        try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
    }

    @Test func whatIsPublishedIsHeardInOrder() async throws {
        let events = (1...50).map { Counted(series: "a", number: $0) }
        try await publish(events)
        try await consume([Subscription(Counted.self, named: "hear", Self.note)]) { try await heard().count >= 50 }
        #expect(try await heard() == events)
    }

    @Test func aRolledBackTransactionPublishesNothing() async throws {
        await #expect(throws: Refusal.self) {
            try await database.transaction { transaction in
                try await transaction.publish(Counted(series: "a", number: 1))
                throw Refusal()
            }
        }
        try await publish([Counted(series: "a", number: 2)])
        try await consume([Subscription(Counted.self, named: "hear", Self.note)]) { try await !heard().isEmpty }
        #expect(try await heard() == [Counted(series: "a", number: 2)])
    }

    @Test func theRelayIsWokenByCommitsAndReachesTheConsumer() async throws {
        let outbox = Outbox(database, to: bus, source: "test")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await outbox.run() }
            try await database.transaction { try await $0.publish(Counted(series: "a", number: 1)) }
            let member = try await bus.join(GroupMembership("probe", topics: [Counted.topic]))
            let deliveries = try await member.deliveries(1)
            #expect(deliveries.map(\.envelope.source) == ["test"])
            #expect(deliveries.map(\.envelope.key) == ["a"])
            group.cancelAll()
        }
    }

    @Test func anEventDeliveredAgainHasNoSecondEffect() async throws {
        try await publish([Counted(series: "a", number: 1)])
        let subscription = Subscription(Counted.self, named: "hear", Self.note)
        try await consume([subscription]) { try await heard().count == 1 }
        // The group's position is lost, as if its commit had never arrived.
        let log = try await Database.open(directory.databaseURL("events.db"))
        try await log.execute("UPDATE roost_event_lanes SET position = 0")
        try await publish([Counted(series: "a", number: 2)])
        try await consume([subscription]) { try await heard().count >= 2 }
        #expect(try await heard().map(\.number) == [1, 2])
    }

    @Test func aFailureIsTriedAgainAndLeavesNoTrace() async throws {
        let attempts = Counter()
        try await publish([Counted(series: "a", number: 1)])
        let subscription = Subscription(Counted.self, named: "hear") { event, transaction in
            try await Self.note(event, transaction)
            if attempts.next() < 3 { throw Refusal() }
        }
        try await consume([subscription]) { try await !heard().isEmpty }
        #expect(try await heard().count == 1)
        #expect(attempts.value == 3)
    }

    @Test func aPoisonedEventBecomesADeadLetterAndItsKeyGoesOn() async throws {
        try await publish([Counted(series: "a", number: 1), Counted(series: "a", number: 2), Counted(series: "b", number: 1)])
        let isPoisoned = Flag()
        let subscription = Subscription(Counted.self, named: "hear") { event, transaction in
            if event == Counted(series: "a", number: 1), isPoisoned.isSet { throw Refusal() }
            try await Self.note(event, transaction)
        }
        try await consume([subscription]) { try await heard().count == 2 }
        let letters = try await DeadLetters(in: database).list(limit: 10)
        #expect(letters.map(\.attempts) == [3])
        #expect(letters.first?.error.contains("Refusal") == true)

        isPoisoned.clear()
        let id = try #require(letters.first?.id)
        #expect(try await DeadLetters(in: database).replay(id))
        try await consume([subscription]) { try await heard().count == 3 }
        #expect(try await Set(heard()).contains(Counted(series: "a", number: 1)))
    }

    @Test(
        "An event that cannot be handled is a dead letter at once, with its reason, and the next of its key is handled",
        arguments: [
            ("{\"series\":1}", 1, "/series"), ("nothing", 1, "JSON"), ("{\"series\":\"a\",\"number\":1}", 99, "has version 99"),
            (String(repeating: " ", count: EventLimits.data + 1), 1, "at most \(EventLimits.data) are allowed"),
        ])
    func unhandledEvents(data: String, version: Int, reason: String) async throws {
        // A program in another language has written it, past the checks of the bus.
        try await publish([Counted(series: "a", number: 1), Counted(series: "a", number: 2)])
        let log = try await Database.open(directory.databaseURL("events.db"))
        try await log.execute("UPDATE roost_events SET data = CAST(\(data) AS BLOB), version = \(version) WHERE position = 1")
        await log.close()
        let subscription = Subscription(Counted.self, named: "hear", Self.note)
        try await consume([subscription]) { try await !heard().isEmpty }
        let letters = try await DeadLetters(in: database).list(limit: 10)
        #expect(letters.map(\.attempts) == [1])
        #expect(letters.first?.error.contains(reason) == true, "\(letters.first?.error ?? "")")
        #expect(try await heard() == [Counted(series: "a", number: 2)])
    }

    @Test func everySubscriptionOfATopicHearsTheEventOnce() async throws {
        try await publish([Counted(series: "a", number: 1)])
        let database = database
        let subscriptions = [
            Subscription(Counted.self, named: "one", Self.note),
            Subscription(Counted.self, named: "two") { event in try await database.transaction { try await Self.note(event, $0) } },
        ]
        try await consume(subscriptions) { try await heard().count >= 2 }
        #expect(try await heard().count == 2)
    }

    @Test func oneSlowKeyDoesNotHoldUpAnother() async throws {
        try await publish([Counted(series: "slow", number: 1), Counted(series: "quick", number: 1)])
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let subscription = Subscription(Counted.self, named: "hear") { event in
            if event.series == "quick" { return release.finish() }
            for await _ in released {}
        }
        try await consume([subscription]) { try await database.query("SELECT * FROM roost_inbox").count == 2 }
    }

    @Test func handlersGoOnWithTheTraceOfTheirPublisher() async throws {
        let trace = TraceContext.root()
        try await RequestContext(trace: trace).run { try await publish([Counted(series: "a", number: 1)]) }
        let seen = AsyncStream.makeStream(of: RequestContext?.self)
        let subscription = Subscription(Counted.self, named: "hear") { _ in seen.continuation.yield(.current) }
        try await consume([subscription]) { try await database.first("SELECT 1 FROM roost_inbox") != nil }
        seen.continuation.finish()
        for await context in seen.stream {
            #expect(context?.trace.traceID == trace.traceID)
            #expect(context?.principal == .service("test"))
        }
    }

    @Test func subscriptionsOfOneNameAreRefused() {
        let subscription = Subscription(Counted.self, named: "hear", Self.note)
        #expect(throws: ConfigurationError.self) {
            try EventConsumer([subscription, subscription], group: "test", from: bus, into: database)
        }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

private final class Flag: Sendable {
    private let state = Mutex(true)

    var isSet: Bool { state.withLock { $0 } }
    func clear() { state.withLock { $0 = false } }
}
