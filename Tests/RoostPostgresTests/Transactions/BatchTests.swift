import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Statements that are all known beforehand.
@Suite(.timeLimit(.minutes(5))) struct BatchTests {
    private func open(_ options: String = "") async throws -> PostgresDriver {
        let driver = try await PostgresDriver.open(PostgresServer.shared().url(options: options), key: "DATABASE_URL")
        _ = try await driver.run(Statement("CREATE TABLE notes (id INT PRIMARY KEY, text TEXT)"), for: .write) { _ in }
        return driver
    }

    private func texts(_ driver: PostgresDriver) async throws -> [String] {
        try await driver.run(Statement("SELECT text FROM notes ORDER BY id"), for: .read) { try $0.next(String.self) }.rows
    }

    private func insertion(_ id: Int, _ text: String) -> Statement {
        Statement("INSERT INTO notes VALUES ($1, $2) RETURNING text", [.integer(Int64(id)), .text(text)])
    }

    @Test func eachStatementHasItsOwnResultAndSeesThoseBeforeIt() async throws {
        let driver = try await open()
        for round in 0..<2 {
            let results = try await driver.run(
                [
                    insertion(round * 2, "a"), insertion(round * 2 + 1, "b"),
                    Statement("UPDATE notes SET text = text || '!' RETURNING text"),
                ],
                for: .write
            ) { try $0.next(String.self) }
            #expect(results.map(\.changes) == [1, 1, 2 * (round + 1)])
            #expect(results[0].rows == ["a"] && results[1].rows == ["b"] && results[2].rows.count == 2 * (round + 1))
        }
        #expect(try await texts(driver) == ["a!!", "b!!", "a!", "b!"])
        #expect(try await driver.run([], for: .write) { _ in }.isEmpty)
        await driver.close()
    }

    @Test func ifOneFailsNoneHasAnEffect() async throws {
        let driver = try await open()
        for _ in 0..<2 {
            await #expect {
                try await driver.run([insertion(1, "a"), insertion(2, "b"), insertion(1, "c")], for: .write) { _ in }
            } throws: {
                ($0 as? DatabaseError)?.code == .uniqueViolation
            }
            await #expect(throws: DatabaseError.self) {
                try await driver.run([insertion(1, "a"), Statement("SELECT $1::int", [.text("no number")])], for: .write) { _ in }
            }
        }
        #expect(try await texts(driver) == [])
        #expect(try await driver.run([insertion(1, "a"), insertion(2, "b")], for: .write) { _ in }.count == 2)
        await driver.close()
    }

    /// Those that are refused before they are sent give back their connection, however many there are.
    @Test func batchesThatCannotBeSentHoldUpNobody() async throws {
        let driver = try await open("connections=2&pool_timeout=120"), wrong = [insertion(1, "a"), insertion(2, "\0")]
        _ = try await driver.run([insertion(0, "a"), insertion(9, "b")], for: .write) { _ in }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5000 {
                group.addTask { await #expect(throws: DatabaseError.self) { try await driver.run(wrong, for: .write) { _ in } } }
            }
            try await group.waitForAll()
        }
        #expect(try await texts(driver) == ["a", "b"])
        await driver.close()
    }

    @Test func aBatchHasMoreTextsThanAConnectionKeeps() async throws {
        let driver = try await open("connections=2")
        for _ in 0..<2 {
            let statements = (0..<600).map { Statement("SELECT \($0), $1::int", [.integer(Int64($0))]) }
            let results = try await driver.run(statements, for: .read) { [try $0.next(Int.self), try $0.next(Int.self)] }
            #expect(results.flatMap(\.rows) == (0..<600).map { [$0, $0] })
        }
        await driver.close()
    }

    @Test func aBatchMayHaveVeryManyStatements() async throws {
        let driver = try await open()
        let statement = Statement("INSERT INTO notes SELECT coalesce(max(id), 0) + 1, $1 FROM notes", [.text("x")])
        let results = try await driver.run(Array(repeating: statement, count: 30_000), for: .write) { _ in }
        #expect(results.count == 30_000 && results.allSatisfy { $0.changes == 1 })
        await driver.close()
    }

    @Test(arguments: [false, true])
    func aTableMayChangeUnderItsStatements(_ isWithin: Bool) async throws {
        let driver = try await open("connections=2")
        let statements = [
            insertion(1, "a"), Statement("SELECT * FROM notes"), Statement("SELECT * FROM notes"), Statement("DELETE FROM notes"),
        ]
        func run() async throws -> [[Int]] {
            let count: RowDecoder<Int> = { row in row.names.count }
            if !isWithin { return try await driver.run(statements, for: .write, count).map(\.rows) }
            return try await driver.transaction(.write) { try await $0.run(statements, count) }.map(\.rows)
        }
        #expect(try await run() == [[1], [2], [2], []])
        _ = try await driver.run(Statement("ALTER TABLE notes ADD more TEXT, ADD evenMore INT"), for: .write) { _ in }
        #expect(try await run() == [[1], [4], [4], []])
        await driver.close()
    }

    @Test func batchesThatMeetAreRunAgain() async throws {
        let driver = try await open("connections=8&options=-c%20deadlock_timeout%3D10ms")
        _ = try await driver.run((0..<4).map { insertion($0, "") }, for: .write) { _ in }
        // Half of them change the rows in the opposite order, so that some wait for each other.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<16 {
                group.addTask {
                    let ids = round % 2 == 0 ? Array(0..<4) : (0..<4).reversed()
                    let statements = ids.map { Statement("UPDATE notes SET text = text || 'x' WHERE id = $1", [.integer(Int64($0))]) }
                    while true {
                        do {
                            let results = try await driver.run(statements, for: .write) { _ in }
                            return #expect(results.map(\.changes) == [1, 1, 1, 1])
                        } catch let problem as Problem where problem.status == .unavailable {
                            // It met others too often, and has changed nothing.
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await texts(driver) == Array(repeating: String(repeating: "x", count: 16), count: 4))
        await driver.close()
    }

    @Test func queriesAreFetchedTogether() async throws {
        let database = try await Database.open(postgres: PostgresServer.shared().url())
        try await database.execute("CREATE TABLE notes (id INT PRIMARY KEY, text TEXT NOT NULL)")
        try await database.insert((0..<5).map { NoteRow(id: $0, text: "n\($0)") })
        let queries = [3, 1, 9].map { NoteRow.with($0) } + [NoteRow.all.order { $0.id }.limit(2)]
        let names = [["n3"], ["n1"], [], ["n0", "n1"]]
        #expect(try await database.fetch(queries).map { $0.map(\.text) } == names)
        #expect(try await database.transaction { try await $0.fetch(queries) }.map { $0.map(\.text) } == names)
        #expect(try await database.replica.fetch(queries).map { $0.map(\.text) } == names)
        await database.close()
    }
}

@Model("notes")
private struct NoteRow {
    @Key var id: Int
    var text: String
}
