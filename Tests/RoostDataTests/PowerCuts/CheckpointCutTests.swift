import PowerCuts
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// Checkpoints move the content of the write-ahead log into the database file. SQLite before 3.51.3 can lose commits if one runs while
/// another connection commits ("The WAL-Reset Bug").
@Suite(.timeLimit(.minutes(5))) struct CheckpointCutTests {
    private static let pages = [Migration("pages", "CREATE TABLE pages (number INTEGER PRIMARY KEY, round INTEGER, content BLOB)")]

    /// Rewrites the same few rows until the log has been emptied several times, by two drivers, as two processes would.
    private func fillTheLog(of disk: RecordedDisk, with databases: [Database]) async throws -> [(round: Int, position: Int)] {
        var reported: [(round: Int, position: Int)] = []
        for round in 1...240 {
            // Pages that stay the same are not written.
            let content = [UInt8](repeating: UInt8.random(in: 0...255), count: 40_000)
            try await databases[round % databases.count].transaction { transaction in
                for number in 0..<2 {
                    try await transaction.execute(
                        """
                        INSERT INTO pages VALUES (\(number), \(round), \(content))
                        ON CONFLICT (number) DO UPDATE SET round = \(round), content = \(content)
                        """)
                }
            }
            reported.append((round, disk.position))
        }
        return reported
    }

    /// The operations of each checkpoint: from its first write to the file, to the first synchronization of the log after it.
    private func checkpoints(of operations: [RecordedDisk.Operation]) -> [Range<Int>] {
        var ranges: [Range<Int>] = [], start: Int?, isEmptied = false
        for (index, operation) in operations.enumerated() {
            switch operation {
            case .write("test.db", _, _): start = start ?? index
            case .truncate("test.db-wal", to: 0) where start != nil: isEmptied = true
            case .sync("test.db-wal"):
                if let first = start, isEmptied {
                    ranges.append(first..<index + 2)
                    (start, isEmptied) = (nil, false)
                }
            default: break
            }
        }
        return ranges
    }

    @Test func aPowerCutDuringACheckpointLosesNothing() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let databases = [
            try await Database.open(disk.url(), migrations: Self.pages), try await Database.open(disk.url(), migrations: Self.pages),
        ]
        let reported = try await fillTheLog(of: disk, with: databases)
        let checkpoints = checkpoints(of: disk.operations)
        // 20 MiB were written.
        try #require(checkpoints.count >= 3)
        var cuts = PowerCuts(of: disk, seed: 3)
        for range in checkpoints.suffix(2) {
            for position in range where position.isMultiple(of: 3) || position > range.upperBound - 8 {
                cuts.advance(to: position)
                for loss in [Loss.everything, .tail, .some] {
                    let left = try TemporaryFolder()
                    try cuts.leave(in: left.path, losing: loss)
                    try await check(left, reported.last { $0.position <= position }?.round ?? 0, "after \(position), losing \(loss)")
                }
            }
        }
        for database in databases { await database.close() }
    }

    private func check(_ folder: TemporaryFolder, _ round: Int, _ cut: Comment) async throws {
        let database = try await Database.open(folder.databaseURL())
        let findings = try await database.query("PRAGMA integrity_check").map { try $0.get("integrity_check", as: String.self) }
        #expect(findings == ["ok"], cut)
        let rounds = try await database.query("SELECT round FROM pages").map { try $0.get("round", as: Int.self) }
        #expect(rounds.count == 2 && Set(rounds).count == 1, cut)
        #expect(rounds.allSatisfy { $0 >= round }, cut)
        await database.close()
    }

    /// How the driver avoids the bug: between the first page that a checkpoint writes and the end of the log, nobody commits.
    @Test func nobodyCommitsDuringACheckpoint() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let databases = [
            try await Database.open(disk.url(), migrations: Self.pages), try await Database.open(disk.url(), migrations: Self.pages),
        ]
        // Opening a new file writes to it too.
        let begun = disk.position
        try await withThrowingTaskGroup(of: Void.self) { group in
            for database in databases { group.addTask { _ = try await fillTheLog(of: disk, with: [database]) } }
            try await group.waitForAll()
        }
        var checkpoints = 0, isRunning = false, commits = 0
        for operation in disk.operations[begun...] {
            switch operation {
            case .write("test.db", _, _): isRunning = true
            case .write("test.db-wal", _, _): if isRunning { commits += 1 }
            case .truncate("test.db-wal", to: 0):
                checkpoints += isRunning ? 1 : 0
                isRunning = false
            default: break
            }
        }
        #expect(checkpoints >= 6)
        #expect(commits == 0)
        for database in databases { await database.close() }
    }
}
