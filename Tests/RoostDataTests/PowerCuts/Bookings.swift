import PowerCuts
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization

/// Transactions whose loss shows, even in part: each writer numbers its own, and each changes rows of two tables.
final class Bookings: Sendable {
    struct Undone: Error {}

    /// A transaction that was reported as committed when the disk had seen so many operations.
    private struct Promise {
        let writer: Int
        let number: Int
        let position: Int
    }

    static let migrations = [
        Migration(
            "bookings",
            """
            CREATE TABLE entries (writer INTEGER, number INTEGER, part INTEGER, parts INTEGER, filler BLOB,
                PRIMARY KEY (writer, number, part));
            CREATE TABLE totals (writer INTEGER PRIMARY KEY, number INTEGER NOT NULL);
            """)
    ]
    /// The number of a transaction that is undone.
    private static let undone = -1

    private let disk: RecordedDisk
    private let promises: Mutex<[Promise]>

    init(on disk: RecordedDisk) {
        self.disk = disk
        promises = Mutex([])
    }

    /// Runs transactions, of several writers at once, so that they share commits.
    func book(_ count: Int, writers: Int, in database: Database) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 0..<count {
                        try await self.book(for: writer, in: database)
                        if round.isMultiple(of: 5) { await self.bookInVain(for: writer, in: database) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func book(for writer: Int, in database: Database) async throws {
        let parts = Int.random(in: 1...4), filler = [UInt8](repeating: UInt8(writer), count: Int.random(in: 0...3000))
        let number = try await database.transaction { transaction in
            let row = try await transaction.first("SELECT number FROM totals WHERE writer = \(writer)")
            let number = try (row?.get("number", as: Int.self) ?? 0) + 1
            for part in 0..<parts {
                try await transaction.execute("INSERT INTO entries VALUES (\(writer), \(number), \(part), \(parts), \(filler))")
            }
            try await transaction.execute(
                "INSERT INTO totals VALUES (\(writer), 1) ON CONFLICT (writer) DO UPDATE SET number = \(number)")
            return number
        }
        promises.withLock { $0.append(Promise(writer: writer, number: number, position: disk.position)) }
    }

    private func bookInVain(for writer: Int, in database: Database) async {
        _ = try? await database.transaction { transaction in
            try await transaction.execute("INSERT INTO entries VALUES (\(writer), \(Self.undone), 0, 1, NULL)")
            throw Undone()
        }
    }
}

extension Bookings {
    /// What is wrong with a database.
    enum Fault: Hashable {
        case damaged(String)
        case half(writer: Int, number: Int)
        case gap(writer: Int)
        case undone(writer: Int)
        case lost(writer: Int, from: Int)
    }

    /// Checks what a power cut has left.
    /// - Parameter position: The number of operations of the disk that came before the cut.
    func faults(in database: Database, after position: Int) async throws -> [Fault] {
        var faults: [Fault] = []
        for row in try await database.query("PRAGMA integrity_check") {
            let finding: String = try row.get("integrity_check")
            if finding != "ok" { faults.append(.damaged(finding)) }
        }
        let promised = promises.withLock { all in
            Dictionary(all.filter { $0.position <= position }.map { ($0.writer, $0.number) }, uniquingKeysWith: max)
        }
        guard try await database.first("SELECT 1 FROM sqlite_schema WHERE name = 'totals'") != nil else {
            return faults + promised.map { .lost(writer: $0.key, from: 1) }
        }
        let totals = try await database.query("SELECT writer, number FROM totals").map { row in
            (writer: try row.get("writer", as: Int.self), number: try row.get("number", as: Int.self))
        }
        let kept = Dictionary(uniqueKeysWithValues: totals.map { ($0.writer, $0.number) })
        for (writer, number) in promised where kept[writer, default: 0] < number {
            faults.append(.lost(writer: writer, from: kept[writer, default: 0] + 1))
        }
        return faults + (try await halves(in: database, kept))
    }

    private func halves(in database: Database, _ kept: [Int: Int]) async throws -> [Fault] {
        var faults: [Fault] = [], numbers: [Int: Int] = [:]
        let entries = try await database.query(
            "SELECT writer, number, count(*) AS there, max(parts) AS parts FROM entries GROUP BY writer, number")
        for row in entries {
            let writer: Int = try row.get("writer"), number: Int = try row.get("number")
            if number == Self.undone { faults.append(.undone(writer: writer)) }
            if try row.get("there", as: Int.self) != row.get("parts", as: Int.self) {
                faults.append(.half(writer: writer, number: number))
            }
            numbers[writer, default: 0] += 1
        }
        // The numbers are unique, so there are as many of them as the last one says, or some are missing.
        for writer in Set(kept.keys).union(numbers.keys) where numbers[writer] != kept[writer] { faults.append(.gap(writer: writer)) }
        return faults
    }
}
