import PowerCuts
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

/// The power is cut while changes and their events are committed: each event is there if and only if its change is.
@Suite(.timeLimit(.minutes(2))) struct PowerCutTests {
    private struct Refusal: Error {}

    private static let migrations =
        Outbox.migrations + [Migration("changes", "CREATE TABLE changes (series TEXT NOT NULL, number INTEGER NOT NULL)")]

    /// Commits changes with their events.
    /// - Returns: The events, with how much the disk had seen when each was reported as committed.
    private func publish(on disk: RecordedDisk, _ database: Database) async throws -> [(event: Counted, position: Int)] {
        let reported = Mutex<[(event: Counted, position: Int)]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for series in ["a", "b", "c"] {
                group.addTask {
                    for number in 1...20 {
                        let event = Counted(series: series, number: number), isUndone = number.isMultiple(of: 6)
                        do {
                            try await database.transaction { transaction in
                                try await transaction.execute("INSERT INTO changes VALUES (\(series), \(number))")
                                try await transaction.publish(event)
                                if isUndone { throw Refusal() }
                            }
                            reported.withLock { $0.append((event, disk.position)) }
                        } catch is Refusal {}
                    }
                }
            }
            try await group.waitForAll()
        }
        return reported.withLock { $0 }
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
