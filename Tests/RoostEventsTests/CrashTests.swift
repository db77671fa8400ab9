import Foundation
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import TestTools
import Testing

/// Real processes that are killed with SIGKILL while they publish, relay, handle and commit.
@Suite(.timeLimit(.minutes(10))) struct CrashTests {
    private static let count = 60

    @Test func everyEventTakesEffectOnceAndInOrderHoweverOftenProcessesAreKilled() async throws {
        let directory = try TemporaryFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Two processes share the events.
            for role in ["publish", "consume", "consume"] { group.addTask { try await Self.runKilling(role, directory) } }
            try await group.waitForAll()
        }
        let database = try await Database.open(directory.databaseURL("consumer.db"))
        for series in ["a", "b", "c"] {
            let rows = try await database.query("SELECT number FROM heard WHERE series = \(series) ORDER BY position")
            #expect(try rows.map { try $0.get("number", as: Int.self) } == Array(1...Self.count))
        }
    }

    /// Those beside it are not blamed: they are tried by themselves before they could be.
    @Test func anEventThatKillsItsProcessIsADeadLetterAfterTheThirdTime() async throws {
        let directory = try TemporaryFolder(), count = 40
        let bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        let others = (1...count).map { Counted(series: "\($0 % 8)", number: $0) }
        let events = others.prefix(5) + [Counted(series: "deadly", number: 1)] + others.dropFirst(5)
        try await bus.publish(
            events.map { event in
                var envelope = EventEnvelope(event, source: "test")
                // As the helper calls it.
                envelope.topic = "crash.counted"
                return envelope
            })
        await bus.close()
        var deaths = 0
        let begin = ContinuousClock.now
        while deaths < 10 {
            let process = try await TestProcess.start("events-crash-helper", ["die", directory.path, String(count)])
            var last: String?
            while let line = await process.line() { last = line }
            if last == "done" { break }
            deaths += 1
        }
        // A death that is seen only after the lease does not count, on a slow machine.
        #expect(deaths == 3 || deaths > 3 && ContinuousClock.now - begin > .seconds(15))
        let database = try await Database.open(directory.databaseURL("consumer.db"))
        let letters = try await DeadLetters(in: database).list(limit: 10)
        #expect(letters.map(\.envelope.key) == ["deadly"])
        #expect(letters.first?.error.contains("the process died 3 times in a row") == true)
        #expect(try await database.query("SELECT DISTINCT series, number FROM heard").count == count)
        for series in 0..<8 {
            let numbers = try await database.query("SELECT number FROM heard WHERE series = \(String(series)) ORDER BY position")
            #expect(try numbers.map { try $0.get("number", as: Int.self) } == others.filter { $0.series == "\(series)" }.map(\.number))
        }
        await database.close()
    }

    /// Starts the helper repeatedly, and kills it after a different number of steps each time, until it reports that it is done.
    private static func runKilling(_ role: String, _ directory: TemporaryFolder) async throws {
        for round in 0..<400 {
            try Task.checkCancellation()
            if try await run(role, directory, steps: round % 13 + 1) == "done" { return }
        }
        Issue.record("\(role) was not done after 400 rounds")
    }

    /// Kills the helper with SIGKILL after it has written this many lines.
    /// - Returns: Its last line.
    private static func run(_ role: String, _ directory: TemporaryFolder, steps: Int) async throws -> String {
        let process = try await TestProcess.start("events-crash-helper", [role, directory.path, String(count)])
        var seen = 0, last = ""
        while let line = await process.line() {
            seen += 1
            last = line
            if seen == steps || line == "done" { process.send(SIGKILL) }
        }
        return last
    }
}
