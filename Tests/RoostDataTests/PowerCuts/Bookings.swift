import PowerCuts
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization

/// Transactions whose loss shows, even in part: they are numbered in the order of their commits, and each changes rows of two tables.
final class Bookings: Sendable {
    struct Undone: Error {}

    /// A transaction that was reported as durable when the disk had seen so many operations.
    private struct Promise {
        let number: Int
        let position: Int
    }

    static let migrations = [
        Migration(
            "bookings",
            """
            CREATE TABLE entries (number INTEGER, part INTEGER, parts INTEGER, writer INTEGER, filler BLOB, PRIMARY KEY (number, part));
            CREATE TABLE totals (writer INTEGER PRIMARY KEY, count INTEGER NOT NULL);
            """)
    ]
    /// The number of a transaction that is undone.
    private static let undone = -1

    private let disk: RecordedDisk
    private let promises = Mutex<[Promise]>([])

    init(on disk: RecordedDisk) { self.disk = disk }

    /// Runs transactions, of several writers at once, so that they share commits.
    /// - Parameters:
    ///   - count: The number of transactions of each writer.
    ///   - writers: The number of writers.
    ///   - durability: Returns when the next commit counts as done.
    ///   - database: The database.
    func book(
        _ count: Int, writers: Int, _ durability: @escaping @Sendable () -> CommitDurability = { .durable }, in database: Database
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 0..<count {
                        try await self.book(for: writer, durability(), in: database)
                        if round.isMultiple(of: 5) { await self.bookInVain(for: writer, in: database) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func book(for writer: Int, _ durability: CommitDurability, in database: Database) async throws {
        let parts = Int.random(in: 1...4), filler = [UInt8](repeating: UInt8(writer), count: Int.random(in: 0...3000))
        let number = try await database.transaction(durability: durability) { transaction in
            let last = try await transaction.first("SELECT max(number) AS number FROM entries")?.get("number", as: Int?.self) ?? nil
            let number = (last ?? 0) + 1
            for part in 0..<parts {
                try await transaction.execute("INSERT INTO entries VALUES (\(number), \(part), \(parts), \(writer), \(filler))")
            }
            try await transaction.execute(
                "INSERT INTO totals VALUES (\(writer), 1) ON CONFLICT (writer) DO UPDATE SET count = count + 1")
            return number
        }
        guard durability == .durable else { return }
        promises.withLock { $0.append(Promise(number: number, position: disk.position)) }
    }

    private func bookInVain(for writer: Int, in database: Database) async {
        _ = try? await database.transaction { transaction in
            try await transaction.execute("INSERT INTO entries VALUES (\(Self.undone), 0, 1, \(writer), NULL)")
            throw Undone()
        }
    }
}

extension Bookings {
    /// What is wrong with a database.
    enum Fault: Hashable {
        case damaged(String)
        /// A transaction is there in part.
        case half(Int)
        /// A transaction is missing before one that is there.
        case missing(Int)
        case undone
        case total(writer: Int)
        /// This transaction was reported as durable and is not there.
        case lost(Int)
    }

    /// Checks what a power cut has left.
    /// - Parameter position: The number of operations of the disk that came before the cut.
    func faults(in database: Database, after position: Int) async throws -> [Fault] {
        var faults: [Fault] = []
        for row in try await database.query("PRAGMA integrity_check") {
            let finding: String = try row.get("integrity_check")
            if finding != "ok" { faults.append(.damaged(finding)) }
        }
        let promised = promises.withLock { $0.filter { $0.position <= position }.map(\.number).max() ?? 0 }
        guard try await database.first("SELECT 1 FROM sqlite_schema WHERE name = 'totals'") != nil else {
            return faults + (promised > 0 ? [.lost(promised)] : [])
        }
        let counts = try await numbers(in: database, &faults)
        let kept = counts.values.reduce(0, +)
        if kept < promised { faults.append(.lost(promised)) }
        let totals = try await database.query("SELECT writer, count FROM totals").map { row in
            (writer: try row.get("writer", as: Int.self), count: try row.get("count", as: Int.self))
        }
        faults += totals.filter { counts[$0.writer] != $0.count }.map { .total(writer: $0.writer) }
        return faults
    }

    /// - Returns: The number of transactions of each writer.
    private func numbers(in database: Database, _ faults: inout [Fault]) async throws -> [Int: Int] {
        var counts: [Int: Int] = [:], next = 1
        let entries = try await database.query(
            "SELECT number, max(writer) AS writer, count(*) AS there, max(parts) AS parts FROM entries GROUP BY number ORDER BY number")
        for row in entries {
            let number: Int = try row.get("number")
            guard number != Self.undone else {
                faults.append(.undone)
                continue
            }
            if number != next { faults.append(.missing(next)) }
            if try row.get("there", as: Int.self) != row.get("parts", as: Int.self) { faults.append(.half(number)) }
            counts[try row.get("writer"), default: 0] += 1
            next = number + 1
        }
        return counts
    }
}
