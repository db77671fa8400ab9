import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct DatabaseTests {
    private let directory: TemporaryFolder
    private static let notes = Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);")

    init() throws { directory = try TemporaryFolder() }

    private func open() async throws -> Database { try await Database.open(directory.databaseURL(), migrations: [Self.notes]) }

    private func texts(_ database: Database) async throws -> [String] {
        try await database.query("SELECT text FROM notes ORDER BY id").map { try $0.get("text") }
    }

    @Test func manyMayOpenANewFileAtOnce() async throws {
        for round in 0..<10 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await Database.open(directory.databaseURL("new\(round).db"), migrations: [Self.notes]).close() }
                }
                try await group.waitForAll()
            }
        }
    }

    /// During a rolling update, a newer process adds a column while an older one has statements that were prepared for the old table.
    @Test func aTableMayChangeUnderAPreparedStatement() async throws {
        let (older, newer) = (try await open(), try await open())
        _ = try await older.execute("INSERT INTO notes (text) VALUES (\("a"))")
        #expect(try await older.query("SELECT * FROM notes").map(\.columns) == [["id", "text"]])
        _ = try await newer.execute("ALTER TABLE notes ADD COLUMN mark TEXT NOT NULL DEFAULT 'm'")
        let row = try #require(try await older.query("SELECT * FROM notes").first)
        #expect(try row.columns == ["id", "text", "mark"] && row.get("mark", as: String.self) == "m")
        _ = try await newer.execute("ALTER TABLE notes DROP COLUMN mark")
        #expect(try await older.query("SELECT * FROM notes").map(\.columns) == [["id", "text"]])
        await older.close()
        await newer.close()
    }

    @Test func transactionsCommitOnReturnAndAreThereAfterOpeningAgain() async throws {
        let database = try await open()
        let count = try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO notes (text) VALUES (\("a")), (\("b"))")
        }
        #expect(count == 2)
        await database.close()
        let again = try await open()
        #expect(try await texts(again) == ["a", "b"])
        await again.close()
    }

    @Test func aFailedStatementLeavesTheTransactionUsable() async throws {
        let database = try await open()
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
            await #expect(throws: DatabaseError.self) { try await transaction.execute("INSERT INTO notes (text) VALUES ('a')") }
            try await transaction.execute("INSERT INTO notes (text) VALUES ('b')")
        }
        #expect(try await texts(database) == ["a", "b"])
    }

    @Test func nestedTransactionsAreRefusedRatherThanWaitForThemselves() async throws {
        let database = try await open()
        let other = try await Database.open(directory.databaseURL("other.db") + "?synchronous=normal", migrations: [Self.notes])
        try await database.transaction { _ in
            await #expect {
                try await database.transaction { _ in }
            } throws: {
                ($0 as? DatabaseError)?.code == .nestedTransaction
            }
            try await other.execute("INSERT INTO notes (text) VALUES ('a')")
        }
        #expect(try await texts(other) == ["a"])
    }

    @Test func writersOfTwoConnectionsAndManyTasksLoseNothing() async throws {
        let databases = [try await open(), try await open()]
        try await databases[0].execute("INSERT INTO notes (id, text) VALUES (1, '0')")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    try await databases[index % 2].transaction { transaction in
                        let row = try #require(try await transaction.first("SELECT text FROM notes WHERE id = 1"))
                        let next = try #require(Int(try row.get("text", as: String.self))) + 1
                        try await transaction.execute("UPDATE notes SET text = \(String(next)) WHERE id = 1")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await texts(databases[0]) == ["60"])
    }

    @Test func closingWaitsForTransactionsAndRefusesLaterOnes() async throws {
        let database = try await open()
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        async let insertion: Void = database.transaction { transaction in
            continuation.yield()
            for index in 0..<20 { try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(index)))") }
        }
        for await _ in begun { break }
        await database.close()
        try await insertion
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await database.query("SELECT 1") }
        #expect(try await texts(try await open()).count == 20)
    }

    @Test func statementsWhoseTextsNeverComeAgainAreForgotten() async throws {
        let database = try await open()
        try await database.transaction { transaction in
            for count in 0..<600 {
                _ = try await transaction.query("SELECT * FROM notes WHERE id IN \(Array(0..<count))")
                _ = try await transaction.query(SQL(raw: "SELECT \(count)"))
            }
            // SQLite lists the prepared statements of the connection (https://www.sqlite.org/stmt.html).
            let prepared = try await transaction.first("SELECT count(*) AS count FROM sqlite_stmt")
            #expect(try prepared?.get("count") ?? 0 < 300)
        }
    }

    @Test func faultsOfTheStatementArePermanentAndThoseOfTheMomentPass() async throws {
        let database = try await open()
        for sql: SQL in ["SELECT * FROM nowhere", "no SQL at all", "INSERT INTO notes (text) VALUES (NULL)"] {
            let error = await #expect(throws: DatabaseError.self) { try await database.execute(sql) }
            #expect(error.map { FailureKind(of: $0) } == .permanent)
        }
        #expect(FailureKind(of: DatabaseError(.storage, "the disk is full")) == .transient)
        #expect(FailureKind(of: DatabaseError(.closed, "the database is closed")) == .transient)
        #expect(FailureKind(of: Problem.unavailable("The database is busy.")) == .transient)
    }

    @Test func aFileThatCannotBeOpenedIsAConfigurationError() async throws {
        await #expect(throws: ConfigurationError.self) { try await Database.open("sqlite:/proc/nowhere/test.db") }
        try Data("this is no database, however long it may go on".utf8).write(to: URL(fileURLWithPath: directory.path + "/text.db"))
        await #expect(throws: ConfigurationError.self) { try await Database.open(directory.databaseURL("text.db")) }
    }
}
