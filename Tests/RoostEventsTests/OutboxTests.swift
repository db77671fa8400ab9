import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

/// An event that the bus always rejects does not delay any other.
@Suite(.timeLimit(.minutes(5))) struct OutboxTests {
    private struct Refusal: Error {}

    private let directory: TemporaryFolder
    private let embedded: SQLiteEventBus
    private let database: Database
    private static let soon = RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1)))

    init() async throws {
        directory = try TemporaryFolder()
        embedded = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        database = try await Database.open(directory.databaseURL("service.db"), migrations: Outbox.migrations)
    }

    private func publish(_ events: [Counted]) async throws {
        try await database.transaction { transaction in
            for event in events { try await transaction.publish(event) }
        }
    }

    private func relayed() async throws -> [Counted] {
        let log = try await Database.open(directory.databaseURL("events.db"))
        let rows = try await log.query("SELECT data FROM roost_events ORDER BY position")
        await log.close()
        return try rows.map { try JSON.decode(Counted.self, from: $0.get("data", as: [UInt8].self)) }
    }

    @Test(arguments: [Problem(.contentTooLarge), Refusal()] as [any Error])
    func anEventThatTheBusNeverTakesHoldsUpNoOtherAndEndsWithItsReason(error: any Error) async throws {
        let others = (1...200).map { Counted(series: "good \($0 % 7)", number: $0) }
        let refused = Counted(series: "bad", number: 1), next = Counted(series: "bad", number: 2)
        try await publish(others.prefix(100) + [refused, next] + others.suffix(100))
        let bus = PickyBus(embedded) { $0 == refused ? error : nil }, outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        var number = 0
        try await outbox.run(on: database) {
            guard try await database.first("SELECT 1 FROM roost_work WHERE state = 'waiting' AND lane <> 'bad'") == nil else {
                return false
            }
            if number == 0 {
                let taken = Dictionary(grouping: try await relayed().filter { $0.series != "bad" }, by: \.series)
                #expect(taken == Dictionary(grouping: others, by: \.series))
            }
            guard try await outbox.deadLetters(limit: 1).isEmpty else { return true }
            // If a bus rejects an event without saying whether this is temporary, it is asked again together with further events.
            number += 1
            try await publish([Counted(series: "later", number: number)])
            return false
        }
        let letters = try await outbox.deadLetters(limit: 10)
        #expect(try letters.map { try JSON.decode(Counted.self, from: $0.envelope.data) } == [refused])
        #expect(letters.first?.error == "\(error)")
        #expect(letters.first?.attempts == (error is Refusal ? 3 : 1))
        try await outbox.relayAll(of: database)
        #expect(try await relayed().filter { $0.series == "bad" } == [next])

        bus.refuses = { _ in nil }
        #expect(try await outbox.replay(letters[0].envelope.id))
        try await outbox.relayAll(of: database)
        #expect(try await !outbox.replay(letters[0].envelope.id))
        #expect(try await relayed().filter { $0.series == "bad" } == [next, refused])
        #expect(try await outbox.deadLetters(limit: 10).isEmpty)
    }

    @Test(arguments: [Problem.unavailable("down"), Refusal(), ConfigurationError("nobody may publish here")] as [any Error])
    func aBusThatTakesNothingIsToBlameItself(error: any Error) async throws {
        let events = (1...10).map { Counted(series: "\($0)", number: $0) }
        try await publish(events)
        let asked = Mutex(0)
        let bus = PickyBus(embedded) { _ in
            asked.withLock { $0 += 1 }
            return error
        }
        let outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        try await outbox.run(on: database) { asked.withLock { $0 } > 5 }
        #expect(try await database.first("SELECT 1 FROM roost_work WHERE state <> 'waiting' OR attempts <> 0 OR worker IS NOT NULL") == nil)
        bus.refuses = { _ in nil }
        try await outbox.relayAll(of: database)
        #expect(try await relayed() == events)
    }

    /// A broker may have lost one of its queues or partitions, and not the others.
    @Test(
        arguments: [(Problem(.gatewayTimeout), soon.attempts - 1), (ConfigurationError("nobody may publish this"), 0)] as [(any Error, Int)]
    )
    func aKeyThatTheBusCannotTakeNowHoldsUpNoOtherAndIsNeverDead(error: any Error, counted: Int) async throws {
        let stuck = (1...2).map { Counted(series: "stuck", number: $0) },
            others = (1...20).map { Counted(series: "good \($0)", number: $0) }
        try await publish(stuck + others)
        let latch = Latch(), bus = PickyBus(embedded) { $0.series == "stuck" ? error : nil }
        bus.hangs = { $0 == [stuck[0]] ? latch : nil }
        let outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        // It is the oldest, and is not refused yet.
        try await outbox.run(on: database) {
            let relayed = Set(try await relayed().map(\.series)).count
            if relayed == others.count { latch.open() }
            return relayed == others.count
        }
        bus.hangs = { _ in nil }
        for number in 1...20 {
            try await publish([Counted(series: "later", number: number)])
            try await outbox.run(on: database) { try await relayed().count { $0.series == "later" } == number }
        }
        #expect(try await outbox.deadLetters(limit: 10).isEmpty)
        let attempts = try await database.first("SELECT max(attempts) AS attempts FROM roost_work")?.get("attempts", as: Int.self)
        #expect(attempts == counted, "the last one is tried again and again")
        bus.refuses = { _ in nil }
        try await outbox.relayAll(of: database)
        #expect(try await relayed().filter { $0.series == "stuck" } == stuck)
    }

    @Test func eventsThatTheBusCannotTakeNowLeaveRoomToThoseAfterThem() async throws {
        let stuck = (1...200).flatMap { [Counted(series: "stuck \($0)", number: 1), Counted(series: "stuck", number: $0)] }
        let others = (1...20).map { Counted(series: "good \($0)", number: 1) }
        try await publish(stuck + others)
        let bus = PickyBus(embedded) { $0.series.hasPrefix("stuck") ? Problem(.gatewayTimeout) : nil }
        let outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        try await outbox.run(on: database) { try await relayed().count == others.count }
        bus.refuses = { _ in nil }
        try await outbox.relayAll(of: database)
        #expect(try await relayed().filter { $0.series == "stuck" } == stuck.filter { $0.series == "stuck" })
    }

    @Test func keysThatTheBusCannotTakeNowLeaveRoomToOthersHoweverManyTheyAre() async throws {
        let stuck = (1...300).map { Counted(series: "stuck \($0)", number: $0) },
            others = (1...50).map { Counted(series: "other", number: $0) }
        try await publish(others.indices.flatMap { [others[$0]] + stuck[(6 * $0)..<(6 * $0 + 6)] })
        let bus = PickyBus(embedded) { $0.series.hasPrefix("stuck") ? Problem(.gatewayTimeout) : nil }
        let outbox = Outbox(database, to: bus, source: "test", retry: Self.soon)
        for number in 1...5 {
            try await publish((1...20).map { Counted(series: "good \($0)", number: number) })
            try await outbox.run(on: database) { try await relayed().count == others.count + 20 * number }
        }
        #expect(try await outbox.deadLetters(limit: 10).isEmpty)
    }

    @Test func severalRelaysKeepTheOrderOfAKey() async throws {
        let events = (1...600).map { Counted(series: "\($0 % 3)", number: $0) }
        let outboxes = (0..<3).map { _ in Outbox(database, to: embedded, source: "test") }
        let relays = outboxes.map { outbox in Task { await outbox.run() } }
        for start in stride(from: 0, to: events.count, by: 20) { try await publish(Array(events[start..<start + 20])) }
        try await outboxes[0].relayAll(of: database)
        for relay in relays {
            relay.cancel()
            await relay.value
        }
        let relayed = try await relayed()
        #expect(relayed.count == events.count)
        for series in ["0", "1", "2"] {
            #expect(relayed.filter { $0.series == series } == events.filter { $0.series == series })
        }
    }

    /// Events that an earlier version has not relayed yet are relayed by this one.
    @Test func nothingIsLostWhenTheTablesChange() async throws {
        let url = directory.databaseURL("earlier.db")
        let earlier = try await Database.open(url, migrations: Array(Outbox.migrations.prefix(2)))
        let events = (1...3).map { Counted(series: "a", number: $0) }, dead = Counted(series: "b", number: 1)
        for event in events.map({ EventEnvelope($0, source: "") }) {
            try await earlier.execute(
                """
                INSERT INTO roost_outbox (id, topic, event_key, time, traceparent, data)
                VALUES (\(event.id), \(event.topic), \(event.key), \(event.time), \(event.traceparent), \(event.data))
                """)
        }
        let letter = EventEnvelope(dead, source: "")
        try await earlier.execute(
            """
            INSERT INTO roost_outbox_dead_letters VALUES
            (\(letter.id), \(letter.topic), \(letter.key), \(letter.time), NULL, \(letter.data), 'too long', 12, \(letter.time))
            """)
        await earlier.close()
        let database = try await Database.open(url, migrations: Outbox.migrations)
        let outbox = Outbox(database, to: embedded, source: "test")
        try await outbox.relayAll(of: database)
        #expect(try await relayed() == events)
        #expect(try await outbox.deadLetters(limit: 10).map(\.error) == ["too long"])
        #expect(try await outbox.replay(letter.id))
        try await outbox.relayAll(of: database)
        #expect(try await relayed() == events + [dead])
        await database.close()
    }
}

/// A bus that rejects some events.
private final class PickyBus: EventBus {
    private let bus: SQLiteEventBus
    private let rule: Mutex<@Sendable (Counted) -> (any Error)?>
    private let pause = Mutex<@Sendable ([Counted]) -> Latch?> { _ in nil }

    var refuses: @Sendable (Counted) -> (any Error)? {
        get { rule.withLock { $0 } }
        set { rule.withLock { $0 = newValue } }
    }

    /// Returns a latch that is waited for before a response to some events.
    var hangs: @Sendable ([Counted]) -> Latch? {
        get { pause.withLock { $0 } }
        set { pause.withLock { $0 = newValue } }
    }

    init(_ bus: SQLiteEventBus, refuses: @escaping @Sendable (Counted) -> (any Error)?) {
        self.bus = bus
        rule = Mutex(refuses)
    }

    func publish(_ envelopes: [EventEnvelope]) async throws {
        let events = try envelopes.map { try JSON.decode(Counted.self, from: $0.data) }
        await hangs(events)?.wait()
        for event in events { if let error = refuses(event) { throw error } }
        try await bus.publish(envelopes)
    }

    func join(_ membership: GroupMembership) async throws -> any GroupMember { try await bus.join(membership) }
    func close() async { await bus.close() }
}
