import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(10))) struct RestartTests {
    private static let count = 10_000
    private static let counted = Migration("counted", "CREATE TABLE counted (key TEXT, number BIGINT)")

    private static func open(_ folder: TemporaryFolder, _ name: String) async throws -> Database {
        try await Database.open(folder.databaseURL(name), migrations: Outbox.migrations + Inbox.migrations + [counted])
    }

    /// Ends a server in one of several ways, and starts it again.
    private static func restart(_ server: RabbitMQServer, _ number: Int) async throws {
        if number.isMultiple(of: 2) { try await server.kill() } else { try await server.stop() }
        try await server.start()
    }

    @Test func noEventIsLostOrHasItsEffectTwiceWhileTheServerIsKilledAndStopped() async throws {
        let server = try await RabbitMQServer.start(), folder = try TemporaryFolder(), bus = try await RabbitMQTesting.open(server.url())
        let publisher = try await Self.open(folder, "publisher.db"), subscriber = try await Self.open(folder, "subscriber.db")
        let outbox = Outbox(publisher, to: bus, source: "publisher")
        let subscription = Subscription(Noted.self, named: "count") { event, transaction in
            try await transaction.execute("INSERT INTO counted VALUES (\(event.key), \(event.number))")
        }
        let consumer = try EventConsumer([subscription], group: RabbitMQTesting.group, from: bus, into: subscriber)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await outbox.run() }
            tasks.addTask { try await consumer.run() }
            tasks.addTask {
                for start in stride(from: 0, to: Self.count, by: 20) {
                    try await publisher.transaction { transaction in
                        for number in start..<start + 20 { try await transaction.publish(Noted(key: "key \(number % 10)", number: number)) }
                    }
                    // At about the rate at which events are handled, so that the server is restarted in the middle.
                    try await eventually("earlier events are handled", within: .seconds(500)) {
                        try await handled(in: subscriber) > start - 1000
                    }
                }
            }
            for number in 0..<5 {
                try await eventually("a part is handled", within: .seconds(120)) {
                    try await handled(in: subscriber) > Self.count / 7 * (number + 1)
                }
                try await Self.restart(server, number)
            }
            try await eventually("all events are handled", within: .seconds(120)) { try await handled(in: subscriber) >= Self.count }
            tasks.cancelAll()
            while try await tasks.next() != nil {}
        }
        let rows = try await subscriber.query("SELECT key, number FROM counted ORDER BY rowid")
        #expect(rows.count == Self.count)
        let numbers = try Dictionary(grouping: rows) { try $0.get("key", as: String.self) }
        for (key, rows) in numbers {
            let seen: [Int] = try rows.map { try $0.get("number") }
            #expect(seen == seen.sorted() && Set(seen).count == seen.count, "the events of \(key) have their effect once and in order")
        }
        #expect(try await DeadLetters(in: subscriber).list(limit: 1).isEmpty)
        #expect(try await publisher.first("SELECT 1 FROM roost_work") == nil, "nothing is left in the outbox")
        await bus.close()
        for database in [publisher, subscriber] { await database.close() }
    }

    @Test func aQueueWithoutALeaderHoldsUpNoOther() async throws {
        let server = try await RabbitMQServer.shared, url = server.url(), folder = try TemporaryFolder()
        let bus = try await RabbitMQTesting.open(url), database = try await Self.open(folder, "publisher.db")
        let prefix = try #require(RabbitMQURL(url)?.names.prefix), replica = "quorum_queues, {'%2F_\(prefix).polls.3', node()}"
        let keys = try (0..<8).map { lane in try #require((0..<500).map(String.init).first { KeyLane.lane(of: $0) == lane }) }
        try await server.control("eval", "ra:stop_server(\(replica)).")
        try await database.transaction { transaction in
            for (number, key) in ([keys[3]] + keys).enumerated() { try await transaction.publish(Noted(key: key, number: number)) }
        }
        let outbox = Outbox(database, to: bus, source: "publisher"), relay = Task { await outbox.run() }
        for round in 1...3 {
            try await eventually("the others are published", within: .seconds(60)) {
                try await database.query("SELECT lane FROM roost_work").map { try $0.get("lane", as: String.self) } == [keys[3], keys[3]]
            }
            try await database.transaction { try await $0.publish(Noted(key: keys[round % 2], number: 100 + round)) }
        }
        try await server.control("eval", "ra:restart_server(\(replica)).")
        try await eventually("all are published", within: .seconds(120)) { try await database.first("SELECT 1 FROM roost_work") == nil }
        relay.cancel()
        await relay.value
        let member = try await RabbitMQTesting.join(bus)
        var numbers: [Int] = []
        while Set(numbers).count < 12 {
            for delivery in try await member.deliveries(1) {
                numbers.append(try delivery.envelope.event(as: Noted.self).number)
                member.settle(delivery.id)
            }
        }
        // The events of the queue, which may be there more than once.
        var seen: Set<Int> = []
        #expect(numbers.filter { [0, 4].contains($0) && seen.insert($0).inserted } == [0, 4])
        await member.drain()
        await bus.close()
        await database.close()
    }

    private func handled(in database: Database) async throws -> Int {
        try await database.first("SELECT count(*) AS count FROM counted")?.get("count") ?? 0
    }
}

@Schema
private struct Noted: Event {
    static let topic = RabbitMQTesting.topic
    var key: String
    var number: Int
}
