import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import RoostWork
import Testing

/// Databases of the time in which parked events had a table of their own.
@Suite(.timeLimit(.minutes(5))) struct ParkedMigrationTests {
    @Test func parkedEventsAndTheInboxAreCarriedOver() async throws {
        let folder = try TemporaryFolder(), url = folder.databaseURL("service.db")
        let earlier = try await Database.open(url, migrations: Inbox.migrations.filter { $0.name != "roost_inbox_0004" })
        let events = (1...3).map { EventEnvelope(Counted(series: "a", number: $0), source: "test") }
        for (number, event) in events.enumerated() {
            try await earlier.execute(
                """
                INSERT INTO roost_parked (subscription, id, source, topic, event_key, time, data, attempts, due_at, error) VALUES
                ('hear', \(event.id), 'test', \(event.topic), \(event.key), \(event.time), \(event.data), \(number == 0 ? 2 : 0), 0, 'no')
                """)
        }
        // The third was handled before, and is not handled again.
        try await earlier.execute("INSERT INTO roost_inbox VALUES ('hear', \(events[2].id), 1)")
        await earlier.close()
        let heard = Migration("heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, number BIGINT)")
        let database = try await Database.open(url, migrations: Inbox.migrations + [heard])
        let rows = try await database.query("SELECT attempts, lane FROM roost_work WHERE queue = 'parked' ORDER BY number")
        #expect(try rows.map { try $0.get("attempts", as: Int.self) } == [2, 0, 0])
        #expect(try rows.allSatisfy { try $0.get("lane", as: String.self) == "hear a" })
        let bus = try await SQLiteEventBus.open(folder.databaseURL("events.db"))
        let subscription = Subscription(Counted.self, named: "hear") { event, transaction in
            try await transaction.execute("INSERT INTO heard (number) VALUES (\(event.number))")
        }
        let consumer = try EventConsumer([subscription], group: "test", from: bus, into: database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("all are handled", within: .seconds(50)) { try await database.first("SELECT 1 FROM roost_work") == nil }
            group.cancelAll()
            try await group.waitForAll()
        }
        let numbers = try await database.query("SELECT number FROM heard ORDER BY position").map { try $0.get("number", as: Int.self) }
        #expect(numbers == [1, 2])
        await database.close()
        await bus.close()
    }
}
