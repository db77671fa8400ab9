import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// SQLite before 3.51.3 loses data if a checkpoint runs during a commit, so the driver decides when checkpoints run.
@Suite(.timeLimit(.minutes(5))) struct WriteAheadLogTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private var logSize: Int {
        (try? FileManager.default.attributesOfItem(atPath: directory.path + "/test.db-wal")[.size] as? Int) ?? 0
    }

    @Test func noConnectionChecksPointsByItselfAndEachCommitIsSynchronised() async throws {
        let database = try await Database.open(directory.databaseURL())
        func setting(_ name: String) async throws -> [SQLData] {
            let sql = SQL(raw: "PRAGMA " + name)
            return try await [database.query(sql), database.transaction { try await $0.query(sql) }].flatMap { $0.flatMap(\.values) }
        }
        #expect(try await setting("wal_autocheckpoint") == [.integer(0), .integer(0)])
        #expect(try await setting("mmap_size").allSatisfy { $0 == .integer(0) })
        // FULL is 2.
        #expect(try await setting("synchronous") == [.integer(2), .integer(2)])
        #expect(try await setting("journal_mode") == [.text("wal"), .text("wal")])
        await database.close()
        let relaxed = try await Database.open(directory.databaseURL() + "?synchronous=normal")
        let row = try await relaxed.transaction { try await $0.first("PRAGMA synchronous") }
        #expect(row?.values == [.integer(1)])
    }

    @Test func theLogStaysShortUnderWritesAndReads() async throws {
        let database = try await Database.open(
            directory.databaseURL(), migrations: [Migration("rows", "CREATE TABLE rows (number INTEGER PRIMARY KEY, content BLOB)")])
        let content = [UInt8](repeating: 7, count: 65536)
        var longest = 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !Task.isCancelled {
                        _ = try await database.query(
                            "SELECT max(content) FROM (SELECT content FROM rows ORDER BY number DESC LIMIT 50)")
                    }
                }
            }
            for _ in 0..<640 {
                try await database.execute("INSERT INTO rows (content) VALUES (\(content))")
                longest = max(longest, logSize)
            }
            group.cancelAll()
        }
        // 40 MiB were written.
        #expect(longest < 6 * WriteAheadLog.limit)
        await database.close()
    }

    @Test func aSnapshotThatIsReadForLongStopsNeitherWritersNorLaterCheckpoints() async throws {
        let database = try await Database.open(
            directory.databaseURL(), migrations: [Migration("rows", "CREATE TABLE rows (number INTEGER PRIMARY KEY, content BLOB)")])
        @Sendable func write() async throws {
            let content = [UInt8](repeating: 7, count: 65536)
            for _ in 0..<100 { try await database.execute("INSERT INTO rows (content) VALUES (\(content))") }
        }
        try await database.read { reader in
            _ = try await reader.query("SELECT * FROM rows")
            try await Task.detached { try await write() }.value
            #expect(try await reader.query("SELECT * FROM rows").isEmpty)
        }
        #expect(logSize > WriteAheadLog.limit)
        try await write()
        #expect(logSize < 2 * WriteAheadLog.limit)
    }

    @Test func processesThatWriteReadAndAreKilledLoseNothingAndKeepTheLogShort() async throws {
        let count = 150
        let longest = try await withThrowingTaskGroup(of: (String, Int).self) { group in
            for name in ["a", "b", "c", "killed"] {
                group.addTask {
                    (name, try await StressProcess.run(in: directory, name, count: count, killedAfter: name == "killed" ? 60 : nil))
                }
            }
            group.addTask {
                var longest = 0
                while !Task.isCancelled {
                    longest = max(longest, logSize)
                    // The log's size is sampled.
                    try? await Task.sleep(for: .milliseconds(2))
                }
                return ("log", longest)
            }
            var acknowledged: [String: Int] = [:]
            while acknowledged.count < 4, let (name, number) = try await group.next() { acknowledged[name] = number }
            group.cancelAll()
            #expect(acknowledged.filter { $0.key != "killed" }.values.allSatisfy { $0 == count })
            #expect(acknowledged["killed", default: 0] >= 60)
            return try await group.next()?.1 ?? .max
        }
        #expect(longest < 6 * WriteAheadLog.limit)
        let database = try await Database.open(directory.databaseURL())
        #expect(try await database.query("PRAGMA integrity_check").flatMap(\.values) == [.text("ok")])
        let rows = try await database.query("SELECT writer, number, content FROM rows ORDER BY writer, number")
        for name in ["a", "b", "c", "killed"] {
            let numbers = try rows.filter { try $0.get("writer") == name }.map { try $0.get("number", as: Int.self) }
            #expect(numbers == Array(1..<numbers.count + 1) && numbers.count >= (name == "killed" ? 60 : count))
        }
        #expect(
            try rows.allSatisfy { row in
                let number = try row.get("number", as: Int.self)
                return try row.get("content", as: [UInt8].self) == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 65536)
            })
        await database.close()
    }
}
