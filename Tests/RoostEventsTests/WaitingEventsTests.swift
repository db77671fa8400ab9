import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

/// An event that waits for another attempt delays only its own key, and survives every crash.
@Suite(.timeLimit(.minutes(1))) struct WaitingEventsTests {
    private struct Refusal: Error {}

    private let directory: TemporaryFolder
    private let bus: SQLiteEventBus
    private let database: Database
    private static let heard = Migration("heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, series TEXT, number BIGINT)")
    /// Failed events are not tried again while the test runs.
    private static let later = RetryPolicy(attempts: 12, backoff: Backoff(first: .seconds(3600), longest: .seconds(3600)))
    private static let soon = RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1)))

    init() async throws {
        directory = try TemporaryFolder()
        bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        database = try await Database.open(directory.databaseURL("service.db"), migrations: Inbox.migrations + [Self.heard])
    }

    private func publish(_ events: [Counted]) async throws { try await bus.append(events.map { EventEnvelope($0, source: "test") }) }

    private func heard(_ series: String? = nil) async throws -> [Counted] {
        try await database.query("SELECT series, number FROM heard ORDER BY position")
            .map { Counted(series: try $0.get("series"), number: try $0.get("number")) }.filter { series == nil || $0.series == series }
    }

    private func letters() async throws -> [DeadLetter] { try await bus.deadLetters.list(group: "test", limit: 100) }

    /// Runs a consumer until `isDone` returns true. It is polled, because it reads the database, which does not report changes.
    private func consume(
        _ subscriptions: [Subscription], retry: RetryPolicy, until isDone: @Sendable @escaping () async throws -> Bool
    ) async throws {
        let consumer = try EventConsumer(subscriptions, group: "test", from: bus, into: database, retry: retry)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("the consumer is done", within: .seconds(50)) { try await isDone() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Records each event except those that are rejected.
    private static func hearing(
        _ name: String = "hear", refusing refusal: @escaping @Sendable (Counted) -> (any Error)?
    ) -> Subscription {
        Subscription(Counted.self, named: name) { event, transaction in
            if let error = refusal(event) { throw error }
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
        }
    }

    @Test func keysThatFailHoldUpNoOtherHoweverManyTheyAre() async throws {
        try await publish((1...400).map { Counted(series: "bad \($0)", number: 1) } + [Counted(series: "good", number: 1)])
        try await consume([Self.hearing { $0.series == "good" ? nil : Refusal() }], retry: Self.later) { try await !heard().isEmpty }
        #expect(try await letters().isEmpty)
    }

    @Test func aKeyThatFailsHoldsUpNoOtherHoweverManyEventsItHas() async throws {
        try await publish((1...700).map { Counted(series: "bad", number: $0) } + [Counted(series: "good", number: 1)])
        let attempts = Mutex<[Int]>([])
        let subscription = Self.hearing { event in
            if event.series == "good" { return nil }
            attempts.withLock { $0.append(event.number) }
            return Refusal()
        }
        try await consume([subscription], retry: Self.later) { try await !heard().isEmpty }
        #expect(attempts.withLock { $0 } == [1])
    }

    @Test func theGroupsPlaceOnTheBusGoesOnWhileEventsWait() async throws {
        try await publish((1...50).map { Counted(series: "bad", number: $0) })
        try await consume([Self.hearing { _ in Refusal() }], retry: Self.later) {
            let log = try await Database.open(directory.databaseURL("events.db"))
            defer { Task { await log.close() } }
            return try await log.first("SELECT position FROM roost_event_groups")?.get("position", as: Int.self) == 50
        }
    }

    @Test func aKeysOrderIsKeptWhileItsFirstEventIsTriedAgain() async throws {
        let events = (1...20).map { Counted(series: "a", number: $0) }
        try await publish(events)
        let failures = Mutex(5)
        let subscription = Self.hearing { event in
            guard [1, 7].contains(event.number) else { return nil }
            return failures.withLock { left in
                left -= 1
                return left >= 0 ? Refusal() : nil
            }
        }
        // The parked event is removed after it has taken effect.
        try await consume([subscription], retry: RetryPolicy(attempts: 12, backoff: Backoff(first: .milliseconds(1)))) {
            let isOver = try await heard().count == 20
            return try await database.first("SELECT 1 FROM roost_parked") == nil && isOver
        }
        #expect(try await heard() == events)
    }

    @Test func whatWaitsAndHowOftenItWasTriedOutlivesTheConsumer() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) })
        let tries = Mutex(0)
        let subscription = Self.hearing { event in
            guard event.number == 1 else { return nil }
            tries.withLock { $0 += 1 }
            return Refusal()
        }
        try await consume([subscription], retry: Self.later) { try await database.query("SELECT * FROM roost_parked").count == 3 }
        try await database.execute("UPDATE roost_parked SET due_at = 0")
        try await consume([subscription], retry: Self.soon) { try await heard().count == 2 }
        #expect(try await heard().map(\.number) == [2, 3])
        #expect(tries.withLock { $0 } == 3)
        #expect(try await letters().map(\.attempts) == [3])
    }

    @Test func anEventDeliveredAgainWhileItWaitsIsThereOnce() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) })
        let isBroken = Atomic(true)
        let subscription = Self.hearing { _ in isBroken.load(ordering: .relaxed) ? Refusal() : nil }
        try await consume([subscription], retry: Self.later) { try await database.query("SELECT * FROM roost_parked").count == 3 }
        // The group's position is lost, as if its commit had never arrived.
        let log = try await Database.open(directory.databaseURL("events.db"))
        try await log.execute("DELETE FROM roost_event_groups")
        isBroken.store(false, ordering: .relaxed)
        try await database.execute("UPDATE roost_parked SET due_at = 0")
        try await publish([Counted(series: "a", number: 4)])
        try await consume([subscription], retry: Self.soon) { try await heard().count == 4 }
        #expect(try await heard().map(\.number) == [1, 2, 3, 4])
    }

    @Test(
        arguments: [
            Problem(.unprocessable), Problem(.notFound), DatabaseError(.checkViolation, "no"), StoppedByConfiguration.error,
        ] as [any Error])
    func aPermanentFailureEndsTheEventAtOnceAndItsKeyGoesOn(error: any Error) async throws {
        try await publish([Counted(series: "a", number: 1), Counted(series: "a", number: 2)])
        try await consume([Self.hearing { $0.number == 1 ? error : nil }], retry: Self.later) { try await !heard().isEmpty }
        #expect(try await heard().map(\.number) == [2])
        #expect(try await letters().map(\.attempts) == [1])
        #expect(try await letters().first?.error.contains("\(error)") == true)
    }

    private enum StoppedByConfiguration { static let error = ConfigurationError("the mail server is named wrongly") }

    @Test(arguments: [12, 1]) func aReasonThatNoDatabaseKeepsHoldsUpNobody(attempts: Int) async throws {
        struct Quoting: Error, CustomStringConvertible { let description = "no \u{0} here" }
        try await publish([Counted(series: "a", number: 1), Counted(series: "b", number: 1)])
        let retry = RetryPolicy(attempts: attempts, backoff: Backoff(first: .seconds(3600), longest: .seconds(3600)))
        try await consume([Self.hearing { $0.series == "a" ? Quoting() : nil }], retry: retry) {
            let isOver = try await heard().count == 1
            let noted = try await database.query("SELECT 1 FROM roost_parked").count + letters().count
            return isOver && noted == 1
        }
    }

    @Test func aDeadLetterThatIsRefusedHoldsUpOnlyItsKey() async throws {
        try await publish([Counted(series: "a", number: 1), Counted(series: "b", number: 1)])
        let subscription = Self.hearing { $0.series == "a" ? Problem(.unprocessable) : nil }
        let consumer = try EventConsumer([subscription], group: "test", from: BusWithoutLetters(bus: bus), into: database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("the other event is heard, and the letter waits", within: .seconds(50)) {
                guard try await heard().count == 1 else { return false }
                return try await database.query("SELECT 1 FROM roost_parked").count == 1
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func aSubscriptionThatFailsHoldsUpNoOtherOfTheSameEvent() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) })
        try await consume([Self.hearing("bad") { _ in Refusal() }, Self.hearing("good") { _ in nil }], retry: Self.later) {
            try await heard().count == 3
        }
        #expect(try await heard().map(\.number) == [1, 2, 3])
    }

    @Test func aKeyWithTooManyEventsWaitingGivesUpItsFirst() async throws {
        try await publish((1...1100).map { Counted(series: "bad", number: $0) })
        // Tried again once; by then, more than a thousand events are waiting.
        let isBroken = Atomic(true)
        let subscription = Self.hearing { _ in isBroken.load(ordering: .relaxed) ? Refusal() : nil }
        try await consume([subscription], retry: Self.later) { try await database.query("SELECT 1 FROM roost_parked").count == 1100 }
        try await database.execute("UPDATE roost_parked SET due_at = 0")
        try await consume([subscription], retry: Self.later) { try await database.query("SELECT 1 FROM roost_parked").count == 1000 }
        #expect(try await bus.deadLetters.list(group: "test", limit: 1000).count == 100)
    }
}

/// A bus without dead letters.
private struct BusWithoutLetters: EventBus, DeadLetterQueue {
    let bus: SQLiteEventBus

    var deadLetters: any DeadLetterQueue { self }
    func append(_ envelopes: [EventEnvelope]) async throws { try await bus.append(envelopes) }
    func reader(group: String, topics: Set<String>) async throws -> any EventReader { try await bus.reader(group: group, topics: topics) }
    func close() async { await bus.close() }
    func add(_ letter: DeadLetter) async throws { throw Problem(.contentTooLarge) }
    func list(group: String, limit: Int) async throws -> [DeadLetter] { [] }
    func replay(_ eventID: String, group: String) async throws -> Bool { false }
}
