import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

/// An event that waits for another attempt delays only its own key, and survives every crash.
@Suite(.timeLimit(.minutes(5))) struct WaitingEventsTests {
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

    private func publish(_ events: [Counted]) async throws { try await bus.publish(events.map { EventEnvelope($0, source: "test") }) }

    private func heard(_ series: String? = nil) async throws -> [Counted] {
        try await database.query("SELECT series, number FROM heard ORDER BY position")
            .map { Counted(series: try $0.get("series"), number: try $0.get("number")) }.filter { series == nil || $0.series == series }
    }

    private func letters() async throws -> [DeadLetter] { try await DeadLetters(in: database).list(limit: 1000) }

    private func parkedCount() async throws -> Int {
        try await database.query("SELECT 1 FROM roost_work WHERE queue = 'parked' AND state = 'waiting'").count
    }

    /// Runs a consumer until `isDone` returns true. It is polled, because it reads the database, which does not report changes.
    private func consume(
        _ subscriptions: [Subscription], retry: RetryPolicy, until isDone: @Sendable @escaping () async throws -> Bool
    ) async throws {
        let consumer = try EventConsumer(subscriptions, group: "test", from: bus, into: database, retry: retry)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("the consumer is done", within: .seconds(240)) { try await isDone() }
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
        try await consume([subscription], retry: Self.later) {
            let isHeard = try await !heard().isEmpty
            return try await parkedCount() == 700 && isHeard
        }
        #expect(attempts.withLock { $0 } == [1, 1])
    }

    @Test func theGroupsPlaceOnTheBusGoesOnWhileEventsWait() async throws {
        try await publish((1...50).map { Counted(series: "bad", number: $0) })
        try await consume([Self.hearing { _ in Refusal() }], retry: Self.later) {
            let log = try await Database.open(directory.databaseURL("events.db"))
            defer { Task { await log.close() } }
            return try await log.first("SELECT coalesce(max(position), 0) AS position FROM roost_event_lanes")?.get(
                "position", as: Int.self) == 50
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
        try await consume([subscription], retry: RetryPolicy(attempts: 12, backoff: Backoff(first: .milliseconds(1)))) {
            let isOver = try await heard().count == 20
            return try await parkedCount() == 0 && isOver
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
        try await consume([subscription], retry: Self.later) { try await parkedCount() == 3 }
        try await database.execute("UPDATE roost_work SET due_at = 0")
        try await consume([subscription], retry: Self.soon) { try await heard().count == 2 }
        #expect(try await heard().map(\.number) == [2, 3])
        #expect(tries.withLock { $0 } == 3)
        #expect(try await letters().map(\.attempts) == [3])
    }

    @Test func anEventDeliveredAgainWhileItWaitsIsThereOnce() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) })
        let isBroken = Atomic(true)
        let subscription = Self.hearing { _ in isBroken.load(ordering: .relaxed) ? Refusal() : nil }
        try await consume([subscription], retry: Self.later) { try await parkedCount() == 3 }
        // The group's position is lost, as if its commit had never arrived.
        let log = try await Database.open(directory.databaseURL("events.db"))
        try await log.execute("UPDATE roost_event_lanes SET position = 0")
        isBroken.store(false, ordering: .relaxed)
        try await database.execute("UPDATE roost_work SET due_at = 0")
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
            let noted = try await parkedCount() + letters().count
            return isOver && noted == 1
        }
    }

    @Test func aSubscriptionThatFailsHoldsUpNoOtherOfTheSameEvent() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) })
        try await consume([Self.hearing("bad") { _ in Refusal() }, Self.hearing("good") { _ in nil }], retry: Self.later) {
            try await heard().count == 3
        }
        #expect(try await heard().map(\.number) == [1, 2, 3])
    }

    @Test func aKeyWithTooManyEventsWaitingEndsTheFurtherOnes() async throws {
        try await publish((1...1010).map { Counted(series: "bad", number: $0) } + [Counted(series: "good", number: 1)])
        let subscription = Self.hearing { $0.series == "good" ? nil : Refusal() }
        try await consume([subscription], retry: Self.later) {
            let isHeard = try await !heard().isEmpty
            return try await letters().count == 10 && isHeard
        }
        #expect(try await parkedCount() == 1000)
        #expect(try await letters().allSatisfy { $0.error.contains("1000 events of the key wait") && $0.attempts == 0 })
    }

    @Test(arguments: [false, true]) func anEventOfASubscriptionThatIsUnknownIsLeftToAnotherVersionForADay(isOld: Bool) async throws {
        try await publish([Counted(series: "a", number: 1)])
        try await consume([Self.hearing("new") { _ in Refusal() }], retry: Self.later) { try await parkedCount() == 1 }
        try await database.execute("UPDATE roost_work SET due_at = 1, added_at = added_at - \(isOld ? 90_000_000 : 0)")
        try await consume([Self.hearing("other") { _ in nil }], retry: Self.soon) {
            let isDead = try await letters().count == 1
            let open = try await database.first("SELECT 1 FROM roost_work WHERE due_at = 1 OR worker IS NOT NULL")
            return isDead || open == nil
        }
        #expect(try await letters().count == (isOld ? 1 : 0))
        if isOld { return }
        try await database.execute("UPDATE roost_work SET due_at = 1")
        try await consume([Self.hearing("new") { _ in nil }], retry: Self.soon) { try await heard().count == 1 }
    }

    @Test func aGroupWithTooManyKeysWaitingStopsReadingUntilThereAreFewer() async throws {
        try await database.execute(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
            INSERT INTO roost_work (queue, id, lane, job, added_at, due_at)
            SELECT 'parked', n, n, '', 0, 250000000000000 FROM number
            """)
        try await publish([Counted(series: "a", number: 1)])
        let clock = TestClock()
        let halted = try await Database.open(directory.databaseURL("service.db"), clock: clock)
        let consumer = try EventConsumer([Self.hearing { _ in nil }], group: "test", from: bus, into: halted)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("the consumer says that it does not read") { consumer.backlog.isFull }
            #expect(try await heard().isEmpty)
            try await database.execute("DELETE FROM roost_work WHERE id = '1'")
            try await clock.advance(by: .seconds(1), until: "it reads again") { try await !heard().isEmpty }
            #expect(!consumer.backlog.isFull)
            group.cancelAll()
            try await group.waitForAll()
        }
        await halted.close()
    }

    @Test func aHeldKeyWaitsUntilSomebodyDecides() async throws {
        try await publish((1...3).map { Counted(series: "a", number: $0) } + [Counted(series: "b", number: 1)])
        let isBroken = Atomic(true)
        let subscription = Subscription(Counted.self, named: "hear", onDeath: .hold) { event, transaction in
            if event.number == 1, event.series == "a", isBroken.load(ordering: .relaxed) { throw Problem(.unprocessable) }
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
        }
        try await consume([subscription], retry: Self.soon) {
            let count = try await parkedCount()
            return try await heard("b").count == 1 && count == 3
        }
        let letter = try #require(try await letters().first)
        #expect(letter.holdsKey && letter.attempts == 1)
        #expect(try await letters().count == 1)
        #expect(try await heard("a").isEmpty)
        isBroken.store(false, ordering: .relaxed)
        try await consume([subscription], retry: Self.soon) {
            if try await heard("a").isEmpty { try await DeadLetters(in: database).replay(letter.id) }
            return try await heard("a").count == 3
        }
        #expect(try await heard("a").map(\.number) == [1, 2, 3])
    }

    @Test func aDiscardedDeadLetterLetsItsKeyGoOn() async throws {
        try await publish((1...2).map { Counted(series: "a", number: $0) })
        let subscription = Subscription(Counted.self, named: "hear", onDeath: .hold) { event, transaction in
            if event.number == 1 { throw Problem(.unprocessable) }
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
        }
        try await consume([subscription], retry: Self.soon) { try await parkedCount() == 2 }
        let letter = try #require(try await letters().first)
        #expect(try await DeadLetters(in: database).discard(letter.id))
        #expect(try await !DeadLetters(in: database).discard(letter.id))
        try await consume([subscription], retry: Self.soon) { try await heard().count == 1 }
        #expect(try await heard().map(\.number) == [2])
        #expect(try await letters().isEmpty)
    }

    @Test func aReplayIsReallyHandledAgainAndOnlyByItsGroup() async throws {
        try await publish((1...2).map { Counted(series: "a", number: $0) })
        let subscription = Self.hearing { _ in nil }
        try await consume([subscription], retry: Self.soon) { try await heard().count == 2 }
        try await bus.replay("test", from: .distantPast)
        try await consume([subscription], retry: Self.soon) { try await heard().count == 4 }
        #expect(try await heard().map(\.number) == [1, 2, 1, 2])
    }
}
