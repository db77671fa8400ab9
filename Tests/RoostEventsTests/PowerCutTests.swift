import PowerCuts
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Testing

/// The power is cut while changes and their events are committed: each event is there if and only if its change is.
@Suite(.timeLimit(.minutes(5))) struct PowerCutTests {
    private struct Refusal: Error {}

    private static let migrations =
        Outbox.migrations + [Migration("changes", "CREATE TABLE changes (series TEXT NOT NULL, number INTEGER NOT NULL)")]

    /// An event, and how much the disk had seen when it was reported as committed.
    private struct Report {
        let event: Counted
        let position: Int
    }

    /// Commits changes with their events, of several series at once.
    private func publish(on disk: RecordedDisk, _ database: Database) async throws -> [Report] {
        try await withThrowingTaskGroup(of: [Report].self) { group in
            for series in ["a", "b", "c"] {
                group.addTask {
                    var reports: [Report] = []
                    for event in (1...20).map({ Counted(series: series, number: $0) }) {
                        guard try await publish(event, database) else { continue }
                        reports.append(Report(event: event, position: disk.position))
                    }
                    return reports
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// - Returns: Whether it was committed.
    private func publish(_ event: Counted, _ database: Database) async throws -> Bool {
        do {
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO changes VALUES (\(event.series), \(event.number))")
                try await transaction.publish(event)
                if event.number.isMultiple(of: 6) { throw Refusal() }
            }
            return true
        } catch is Refusal {
            return false
        }
    }

    private func events(_ table: SQL, in database: Database) async throws -> [Counted] {
        try await database.query("SELECT series, number FROM \(table) ORDER BY series, number").map { row in
            Counted(series: try row.get("series"), number: try row.get("number"))
        }
    }

    @Test(arguments: [1, 2] as [UInt64]) func anEventIsThereWithItsChangeOrNotAtAll(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        // A cut before is one without tables.
        let begun = disk.position, reported = try await publish(on: disk, database)
        var cuts = PowerCuts(of: disk, seed: seed)
        let outbox: SQL = """
            (SELECT json_extract(json_extract(job, '$.data'), '$.series') AS series,
                json_extract(json_extract(job, '$.data'), '$.number') AS number FROM roost_work WHERE queue = 'outbox') AS outgoing
            """
        for position in cuts.beforeSyncs where position >= begun {
            cuts.advance(to: position)
            for loss in [Loss.everything, .tail, .some] {
                let left = try TemporaryFolder()
                try cuts.leave(in: left.path, losing: loss)
                let reopened = try await Database.open(left.databaseURL())
                let changes = try await events("changes", in: reopened), cut: Comment = "after \(position), losing \(loss) (seed \(seed))"
                #expect(try await events(outbox, in: reopened) == changes, cut)
                #expect(reported.filter { $0.position <= position }.allSatisfy { changes.contains($0.event) }, cut)
                #expect(changes.allSatisfy { !$0.number.isMultiple(of: 6) }, cut)
                await reopened.close()
            }
        }
        await database.close()
    }
}
