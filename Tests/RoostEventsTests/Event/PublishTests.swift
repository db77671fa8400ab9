import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import Testing

/// What a transaction refuses to publish, and what it publishes later.
@Suite(.timeLimit(.minutes(5))) struct PublishTests {
    /// An event with any key and any size.
    @Schema
    struct Sized: Event {
        static let topic = "test.sized"
        var key: String
        var text: String = ""
    }

    private let folder: TemporaryFolder
    private let clock = TestClock()

    init() throws { folder = try TemporaryFolder() }

    private func open() async throws -> Database {
        try await Database.open(folder.databaseURL(), migrations: Outbox.migrations, clock: clock)
    }

    private func count(_ database: Database) async throws -> Int {
        try await database.first("SELECT count(*) AS count FROM roost_work")?.get("count") ?? 0
    }

    @Test(arguments: [
        ("a", EventLimits.data, Status.contentTooLarge), ("", 0, .unprocessable), ("a\n", 0, .unprocessable), ("\u{7F}", 0, .unprocessable),
        (String(repeating: "é", count: 128), 0, .unprocessable),
    ])
    func whatNoBusTakesFailsTheTransaction(key: String, size: Int, status: Status) async throws {
        let database = try await open()
        let error = await #expect(throws: Problem.self) {
            try await database.transaction { transaction in
                try await transaction.publish(Sized(key: "fine"))
                try await transaction.publish(Sized(key: key, text: String(repeating: "x", count: size)))
            }
        }
        #expect(error?.status == status)
        #expect(error?.message.contains("An event of test.sized has ") == true, "\(error?.message ?? "")")
        #expect(try await count(database) == 0)
        await database.close()
    }

    @Test func theLargestEventIsPublished() async throws {
        let database = try await open(), bus = TestEventBus()
        let frame = JSON.encode(Sized(key: String(repeating: "k", count: 255))).count
        let largest = Sized(key: String(repeating: "k", count: 255), text: String(repeating: "x", count: EventLimits.data - frame))
        try await database.transaction { try await $0.publish(largest) }
        try await Outbox(database, to: bus, source: "test").relayAll(of: database)
        #expect(bus.envelopes.map(\.data.count) == [EventLimits.data])
        #expect(throws: Problem.self) { try bus.envelopes[0].checkLimits(data: EventLimits.data - 1) }
        await database.close()
    }

    @Test func aDelayedEventIsSentWhenItIsDueEvenAfterARestart() async throws {
        let bus = TestEventBus(), before = try await open()
        try await before.transaction { transaction in
            try await transaction.publish(Sized(key: "a", text: "late"), after: .seconds(30))
            try await transaction.publish(Sized(key: "a", text: "later"), at: clock.now + 60)
            try await transaction.publish(Sized(key: "a", text: "now"))
            try await transaction.publish(Sized(key: "a", text: "over"), after: .seconds(-1))
        }
        try await Outbox(before, to: bus, source: "test").run(on: before) { try await count(before) == 2 }
        #expect(Set(try bus.events(Sized.self).map(\.text)) == ["now", "over"])
        await before.close()

        let after = try await open()
        let relay = Task { await Outbox(after, to: bus, source: "test").run() }
        try await clock.advance(by: .seconds(1), until: "the first is sent") { bus.envelopes.count > 2 }
        #expect(clock.uptime >= .seconds(30))
        try await clock.advance(by: .seconds(1), until: "the second is sent") { bus.envelopes.count > 3 }
        #expect(clock.uptime >= .seconds(60))
        #expect(try bus.events(Sized.self).suffix(2).map(\.text) == ["late", "later"])
        relay.cancel()
        await relay.value
        await after.close()
    }

    @Test func aDelayHasABound() async throws {
        let database = try await open()
        for date in [clock.now + 367 * 86_400, .distantFuture] {
            await #expect(throws: Problem.self) { try await database.transaction { try await $0.publish(Sized(key: "a"), at: date) } }
        }
        await #expect(throws: Problem.self) {
            try await database.transaction { try await $0.publish(Sized(key: "a"), after: .seconds(367 * 86_400)) }
        }
        #expect(try await count(database) == 0)
        await database.close()
    }
}
