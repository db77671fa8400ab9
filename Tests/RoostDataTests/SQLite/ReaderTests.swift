import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// Reads run on their caller's thread unless they take long.
@Suite(.timeLimit(.minutes(5))) struct ReaderTests {
    private let directory: TemporaryFolder
    private static let long = Statement(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n")

    init() throws { directory = try TemporaryFolder() }

    private func file() throws -> SQLiteFile { try SQLiteFile(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL")) }

    private func open() async throws -> SQLiteDriver {
        try await SQLiteDriver.open(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL"))
    }

    private func create(_ driver: SQLiteDriver, rows: Int) async throws {
        try await driver.transaction(.write) { try await $0.run(script: "CREATE TABLE numbers (i INTEGER PRIMARY KEY)") }
        _ = try await driver.run(
            Statement(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) INSERT INTO numbers SELECT i FROM n",
                [.integer(Int64(rows))]), for: .write
        ) { _ in }
    }

    private static var thread: UInt { UInt(pthread_self()) }

    /// The engine counts its steps across the executions of a statement.
    @Test func aShortStatementIsNeverGivenUpHoweverOftenItRuns() throws {
        let connection = try SQLiteConnection.open(try file(), for: .write)
        let short = Statement("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT max(i) FROM n")
        var ticks = 0
        for _ in 0..<100 {
            connection.hooks.begin(inline: true, until: nil)
            #expect(try connection.run(short) { try $0.next(Int.self) }.rows == [40])
            #expect(!connection.hooks.isGivenUp)
            ticks += connection.hooks.ticks
        }
        #expect(ticks > 0)
        connection.close()
    }

    @Test func aLongStatementIsGivenUpAndItsTransactionGoesOn() throws {
        let connection = try SQLiteConnection.open(try file(), for: .read)
        try connection.run(.beginReading)
        connection.hooks.begin(inline: true, until: nil)
        #expect(throws: DatabaseError.self) { try connection.run(Self.long) { try $0.next(Int.self) } }
        #expect(connection.hooks.isGivenUp && connection.isInTransaction)
        connection.hooks.begin(inline: false, until: nil)
        #expect(try connection.run(Self.long) { try $0.next(Int.self) }.rows == [100_000])
        try connection.run(.commit)
        connection.close()
    }

    @Test func aShortReadStaysOnTheThreadOfItsCallerAndALongOneLeavesIt() async throws {
        let driver = try await open()
        try await create(driver, rows: 10)
        // The machine may be busy for longer than a statement may take.
        while true {
            let before = Self.thread
            let threads = try await driver.run(Statement("SELECT i FROM numbers"), for: .read) { _ in Self.thread }.rows
            if threads.allSatisfy({ $0 == before }) { break }
        }
        await driver.close()
        let threads = DispatchQueue(label: "threads"), key = DispatchSpecificKey<Bool>()
        threads.setSpecific(key: key, value: true)
        let connection = try ReaderConnection(try file(), on: threads)
        #expect(try await connection.run(Self.long) { _ in DispatchQueue.getSpecific(key: key) }.rows == [true])
        connection.close()
    }

    @Test func aSnapshotIsTheSameOnEveryThread() async throws {
        let driver = try await open()
        try await create(driver, rows: 5)
        let counts = try await driver.transaction(.read) { session in
            let count = Statement("SELECT count(*) FROM numbers")
            var counts = try await session.run(count) { try $0.next(Int.self) }.rows
            _ = try await driver.run(Statement("INSERT INTO numbers VALUES (100)"), for: .write) { _ in }
            _ = try await session.run(Self.long) { _ in }
            counts += try await session.run(count) { try $0.next(Int.self) }.rows
            await Task.yield()
            try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<20 { group.addTask { try await session.run(count) { try $0.next(Int.self) }.rows } }
                for try await more in group { counts += more }
            }
            return counts
        }
        #expect(counts == Array(repeating: 5, count: 22))
        #expect(try await driver.run(Statement("SELECT count(*) FROM numbers"), for: .read) { try $0.next(Int.self) }.rows == [6])
        await driver.close()
    }

    @Test func aSnapshotThatIsOverReadsNothing() async throws {
        let driver = try await open()
        let session = try await driver.transaction(.read) { $0 }
        // Its connection belongs to somebody else.
        try await driver.transaction(.read) { _ in
            await #expect { try await session.run(Statement("SELECT 1")) { _ in } } throws: { ($0 as? DatabaseError)?.code == .closed }
            await #expect { try await session.run(Self.long) { _ in } } throws: { ($0 as? DatabaseError)?.code == .closed }
        }
        await driver.close()
    }

    @Test func aStreamReadsNoFurtherThanItsReader() async throws {
        let driver = try await open()
        try await create(driver, rows: 1000)
        let decoded = Record<Int>()
        struct Enough: Error {}
        await #expect(throws: Enough.self) {
            try await driver.transaction(.read) { session in
                try await session.stream(Statement("SELECT i FROM numbers ORDER BY i"), fetchSize: 10) { row in
                    let number = try row.next(Int.self)
                    decoded.add(number)
                    return number
                } _: { rows in
                    #expect(decoded.all.last == rows.last)
                    if rows.contains(25) { throw Enough() }
                }
            }
        }
        #expect(decoded.all == Array(1...30))
        // The connection is free, and no statement is left that would hold an old snapshot.
        try await driver.transaction(.write) { try await $0.run(script: "DROP TABLE numbers") }
        await driver.close()
    }

    @Test func aBatchTellsWhatEachStatementChangedAndStopsAtTheFirstError() async throws {
        let driver = try await open()
        try await create(driver, rows: 3)
        let changes = try await driver.transaction(.write) { session in
            try await session.run([
                Statement("DELETE FROM numbers WHERE i > $1", [.integer(1)]), Statement("INSERT INTO numbers VALUES (7)"),
            ]) { _ in }.map(\.changes)
        }
        #expect(changes == [2, 1])
        await #expect(throws: DatabaseError.self) {
            try await driver.transaction(.write) { session in
                _ = try await session.run([
                    Statement("INSERT INTO numbers VALUES (8)"), Statement("INSERT INTO numbers VALUES (7)"),
                ]) { _ in }
            }
        }
        #expect(try await driver.run(Statement("SELECT i FROM numbers ORDER BY i"), for: .read) { try $0.next(Int.self) }.rows == [1, 7])
        await driver.close()
    }

    @Test func placeholdersMayComeInAnyOrder() async throws {
        let driver = try await open()
        let statement = Statement("SELECT $2 || $1 || $2", [.text("a"), .text("b")])
        #expect(try await driver.run(statement, for: .read) { try $0.next(String.self) }.rows == ["bab"])
        for wrong in [Statement("SELECT $1"), Statement("SELECT $1", [.null, .null]), Statement(""), Statement("SELECT 1; SELECT 2")] {
            await #expect(throws: DatabaseError.self) { try await driver.run(wrong, for: .read) { _ in } }
        }
        #expect(try await driver.run(Statement("SELECT 1; -- one"), for: .read) { try $0.next(Int.self) }.rows == [1])
        await driver.close()
    }

    private func pool(_ connections: Int, timeout: Duration = .seconds(60), opened: Record<Int>) throws -> ReaderPool {
        let file = try file()
        return ReaderPool(connections: connections, timeout: timeout) {
            opened.add(1)
            return try ReaderConnection(file, on: $0)
        }
    }

    @Test func connectionsAreOpenedWhenTheyAreNeededAndNoMoreThanThereMayBe() async throws {
        let opened = Record<Int>(), pool = try pool(3, opened: opened), gate = Gate(), held = Record<Int>()
        try SQLiteConnection.open(try file(), for: .write).close()
        #expect(opened.all.isEmpty)
        let holders = (0..<3).map { index in
            Task {
                try await pool.withConnection { _ in
                    held.add(index)
                    await gate.wait()
                }
            }
        }
        for index in 0..<3 { await held.wait(for: index) }
        let cancelled = Task { try await pool.withConnection { _ in Issue.record("It had no turn.") } }
        while pool.waitingCount != 1 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let waiter = Task { try await pool.withConnection { _ in } }
        while pool.waitingCount != 1 { await Task.yield() }
        #expect(opened.all.count == 3)
        gate.open()
        for holder in holders { try await holder.value }
        try await waiter.value
        await pool.close()
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await pool.withConnection { _ in } }
    }

    @Test func aLongWaitForAConnectionIsA503() async throws {
        let pool = try pool(1, timeout: .milliseconds(50), opened: Record())
        try SQLiteConnection.open(try file(), for: .write).close()
        try await pool.withConnection { _ in
            await #expect { _ = try await pool.withConnection { _ in } } throws: { ($0 as? Problem)?.status == .unavailable }
        }
        try await pool.withConnection { _ in }
        await pool.close()
    }
}
