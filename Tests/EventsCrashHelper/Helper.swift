import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite

/// One side of a conversation whose processes may be killed at any moment. Writes a line after each step, so that its parent knows
/// when to kill it, and `done` when all is done.
///
///     events-crash-helper publish DIRECTORY COUNT     counts to COUNT in three series and publishes each number
///     events-crash-helper consume DIRECTORY COUNT     notes each number that it hears, up to COUNT in three series
///     events-crash-helper refuse DIRECTORY COUNT      cannot handle an event, until it is a dead letter
///     events-crash-helper die DIRECTORY COUNT         notes COUNT numbers, and kills itself over the event before them
@main struct Helper {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            return print("usage: events-crash-helper publish|consume|refuse|die DIRECTORY COUNT")
        }
        // No process is left behind, whatever happens to its parent.
        alarm(120)
        let bus = try await SQLiteEventBus.open("sqlite:\(arguments[2])/events.db")
        switch arguments[1] {
        case "publish": try await publish(arguments[2], to: bus, count: count)
        case "refuse": try await refuse(arguments[2], from: bus)
        case "die": try await die(arguments[2], from: bus, count: count)
        default: try await consume(arguments[2], from: bus, count: count)
        }
    }

    private static func publish(_ directory: String, to bus: SQLiteEventBus, count: Int) async throws {
        let counters = Migration("counters", "CREATE TABLE counters (series TEXT PRIMARY KEY, number BIGINT NOT NULL)")
        let database = try await Database.open("sqlite:\(directory)/publisher.db", migrations: Outbox.migrations + [counters])
        let outbox = Outbox(database, to: bus, source: "publisher")
        async let relaying: Void = outbox.run()
        var isDone = false
        while !isDone {
            isDone = try await database.transaction { transaction in
                let lowest = try await transaction.first("SELECT MIN(number) AS number FROM counters")?.get("number", as: Int?.self) ?? 0
                guard lowest < count else { return true }
                for series in ["a", "b", "c"] {
                    let row = try await transaction.first(
                        """
                        INSERT INTO counters VALUES (\(series), 1)
                        ON CONFLICT (series) DO UPDATE SET number = number + 1 RETURNING number
                        """)
                    if let row { try await transaction.publish(Counted(series: series, number: try row.get("number"))) }
                }
                return false
            }
            report("published")
        }
        while try await database.first("SELECT 1 FROM roost_work WHERE state = 'waiting'") != nil {
            // Nothing tells when this changes, so it is asked again.
            try await Task.sleep(for: .milliseconds(5))
        }
        report("done")
        await relaying
    }

    private static func consume(_ directory: String, from bus: SQLiteEventBus, count: Int) async throws {
        let heard = Migration("heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, series TEXT NOT NULL, number BIGINT NOT NULL)")
        let database = try await Database.open("sqlite:\(directory)/consumer.db", migrations: Inbox.migrations + [heard])
        // An event during which processes were killed again and again by chance counts as the reason, and keeps its key waiting.
        let subscription = Subscription(Counted.self, named: "hear", onDeath: .hold) { event, transaction in
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
            transaction.onCommit { report("heard") }
        }
        let consumer = try EventConsumer([subscription], group: "consumer", from: bus, into: database)
        async let consuming: Void = consumer.run()
        // Received events are counted in the database, because an earlier process may have received some of them.
        while try await database.query("SELECT DISTINCT series, number FROM heard").count < 3 * count {
            for letter in try await DeadLetters(in: database).list(limit: 10) { try? await DeadLetters(in: database).replay(letter.id) }
            // Nothing tells when this changes, so it is asked again.
            try await Task.sleep(for: .milliseconds(10))
        }
        report("done")
        try await consuming
    }

    private struct Refusal: Error {}

    private static func refuse(_ directory: String, from bus: SQLiteEventBus) async throws {
        let database = try await Database.open("sqlite:\(directory)/consumer.db", migrations: Inbox.migrations)
        try await bus.publish([EventEnvelope(Counted(series: "a", number: 1), source: "test")])
        let subscription = Subscription(Counted.self, named: "hear") { _ in throw Refusal() }
        let consumer = try EventConsumer(
            [subscription], group: "consumer", from: bus, into: database,
            retry: RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            while try await DeadLetters(in: database).list(limit: 1).isEmpty {
                // Nothing tells when this changes, so it is asked again.
                try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
    }

    /// Runs until all numbers but the deadly one are noted.
    private static func die(_ directory: String, from bus: SQLiteEventBus, count: Int) async throws {
        let heard = Migration("heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, series TEXT NOT NULL, number BIGINT NOT NULL)")
        let database = try await Database.open("sqlite:\(directory)/consumer.db", migrations: Inbox.migrations + [heard])
        let subscription = Subscription(Counted.self, named: "hear") { event, transaction in
            if event.series == "deadly" { kill(getpid(), SIGKILL) }
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
        }
        let consumer = try EventConsumer([subscription], group: "consumer", from: bus, into: database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            while true {
                let isOver = try await database.query("SELECT 1 FROM heard").count == count
                if isOver, try await !DeadLetters(in: database).list(limit: 1).isEmpty { break }
                // Nothing tells when this changes, so it is asked again.
                try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
        report("done")
    }

    private static func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
