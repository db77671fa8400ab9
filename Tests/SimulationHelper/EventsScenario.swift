import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import Simulation

/// The next number of a series.
@Schema
private struct Counted: Event {
    static let topic = "simulation.counted"
    var series: String
    var number: Int

    var key: String { series }
}

/// The processes of a service relay its events and handle them, while they are killed and stopped, the date jumps, handlers fail and the
/// disks are full. In the end each event has taken effect once, those of a key in order.
enum EventsScenario {
    private static let sent = Migration("sent", "CREATE TABLE sent (series TEXT PRIMARY KEY, number INTEGER NOT NULL)")
    private static let heard = Migration(
        "heard", "CREATE TABLE heard (position INTEGER PRIMARY KEY, series TEXT NOT NULL, number INTEGER NOT NULL)")
    private static let events = 80, series = ["a", "b", "c", "d"]
    private static let retry = RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(100), longest: .seconds(5)))
    /// How long things go wrong.
    private static let chaos = Duration.seconds(120)

    /// The three files of a service: its events on their way, the log, and what it has heard.
    private struct Files {
        let outgoing: SimulatedFile, log: SimulatedFile, incoming: SimulatedFile

        init(in folder: String) {
            outgoing = SimulatedFile("\(folder)/outgoing.db")
            log = SimulatedFile("\(folder)/log.db")
            incoming = SimulatedFile("\(folder)/incoming.db")
        }
    }

    /// One process of the service.
    private struct Participant {
        let outgoing: Database, incoming: Database
        let outbox: Outbox
        let bus: SQLiteEventBus

        init(_ files: Files, _ process: SimulatedProcess) async throws {
            func open(_ file: SimulatedFile, _ migrations: [Migration]) async throws -> Database {
                try await Database(driver: SimulatedDriver(file, for: process), migrations: migrations, clock: process.clock)
            }
            outgoing = try await open(files.outgoing, Outbox.migrations + [sent])
            incoming = try await open(files.incoming, Inbox.migrations + [heard])
            bus = SQLiteEventBus(try await open(files.log, SQLiteEventBus.migrations))
            outbox = Outbox(outgoing, to: bus, source: "simulation", retry: retry)
        }
    }

    static func run(in folder: String) async throws {
        let files = Files(in: folder), client = try await Participant(files, SimulatedProcess("client")), counts = Counts()
        let chaos = Chaos(of: files.outgoing, files.log, files.incoming, counting: counts) { process in
            try await work(Participant(files, process), process, counts)
        }
        async let publishing: Void = publish(client.outgoing)
        try await chaos.rage(for: Self.chaos)
        try await publishing
        try await settle(or: "events are waiting that nobody handles") {
            // An administrator replays those during which processes died by chance.
            let letters = DeadLetters(in: client.incoming)
            for letter in try await letters.list(limit: 10) {
                counts.add("dead")
                try await letters.replay(letter.id)
            }
            let isHeard = try await client.incoming.query("SELECT 1 FROM heard").count >= events
            return try await client.incoming.first("SELECT 1 FROM roost_work") == nil && isHeard
        }
        try await audit(client.incoming)
        trace(counts.summary)
    }

    /// Numbers events and publishes each in the transaction that has numbered it, until all are committed.
    private static func publish(_ database: Database) async throws {
        for _ in 0..<events / series.count {
            for name in series {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...2500)))
                while (try? await next(of: name, in: database)) == nil { try await Task.sleep(for: .milliseconds(10)) }
            }
        }
    }

    private static func next(of series: String, in database: Database) async throws {
        try await database.transaction { transaction in
            let row = try await transaction.returning(
                "INSERT INTO sent VALUES (\(series), 1) ON CONFLICT (series) DO UPDATE SET number = number + 1 RETURNING number"
            ).first
            let number = try row?.get("number", as: Int.self) ?? 0
            try await transaction.publish(Counted(series: series, number: number))
        }
    }

    private static func work(_ participant: Participant, _ process: SimulatedProcess, _ counts: Counts) async throws {
        let subscription = Subscription(Counted.self, named: "hear", onDeath: .hold) { event, transaction in
            try await process.clock.sleep(for: .milliseconds(Int.random(in: 0...200)))
            trace("\(process.name) \(event.series) \(event.number)")
            counts.add("begun")
            if Int.random(in: 0..<12) == 0 {
                counts.add("refused")
                throw Refusal()
            }
            try await transaction.execute("INSERT INTO heard (series, number) VALUES (\(event.series), \(event.number))")
        }
        let consumer = try EventConsumer(
            [subscription], group: "simulation", from: participant.bus, into: participant.incoming, retry: retry, concurrency: 4)
        async let relaying: Void = participant.outbox.run()
        try await consumer.run()
        await relaying
    }

    private static func audit(_ database: Database) async throws {
        let rows = try await database.query("SELECT series, number FROM heard ORDER BY position")
        for name in series {
            let numbers = try rows.filter { try $0.get("series", as: String.self) == name }.map { try $0.get("number", as: Int.self) }
            guard numbers == Array(1...events / series.count) else { throw Simulation.Fault("\(name) was heard as \(numbers)") }
        }
        guard try await database.first("SELECT 1 FROM roost_work") == nil else { throw Simulation.Fault("an event is still parked") }
    }
}
