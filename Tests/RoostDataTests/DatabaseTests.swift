import Foundation
import Roost
import RoostData
import RoostSQLite
import Synchronization
import Testing

@Suite struct DatabaseTests {
    private let directory: TemporaryDirectory
    private static let notes = Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);")

    init() throws { directory = try TemporaryDirectory() }

    private func open() async throws -> Database { try await Database.open(directory.url(), migrations: [Self.notes]) }

    private func texts(_ database: Database) async throws -> [String] {
        try await database.query("SELECT text FROM notes ORDER BY id").map { try $0.get("text") }
    }

    @Test func manyMayOpenANewFileAtOnce() async throws {
        for round in 0..<10 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await Database.open(directory.url("new\(round).db"), migrations: [Self.notes]).close() }
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

    @Test(arguments: ["\0", "a\0", "A\0B", "é\0"])
    func aTextThatTheEngineWouldCutIsRefused(text: String) async throws {
        let database = try await open()
        for statement in ["INSERT INTO notes (text) VALUES (\(text))", "SELECT 1 FROM notes WHERE text = \(text)"] as [SQL] {
            await #expect(
                performing: { try await database.query(statement) },
                throws: { ($0 as? DatabaseError)?.code == .text && FailureKind(of: $0) == .permanent })
        }
        _ = try await database.execute("INSERT INTO notes (text) VALUES (\("after"))")
        #expect(try await texts(database) == ["after"])
        await database.close()
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

    @Test func transactionsRollBackOnThrow() async throws {
        struct Stop: Error {}
        let database = try await open()
        let ran = Mutex(false)
        await #expect(throws: Stop.self) {
            try await database.transaction { transaction in
                transaction.onCommit { ran.withLock { $0 = true } }
                try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
                throw Stop()
            }
        }
        #expect(try await texts(database).isEmpty)
        #expect(!ran.withLock { $0 })
        try await database.execute("INSERT INTO notes (text) VALUES ('after')")
        #expect(try await texts(database) == ["after"])
    }

    @Test func transactionsRollBackOnCancellation() async throws {
        let database = try await open()
        let (inserted, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
                continuation.yield()
                try await Task.sleep(for: .seconds(60))
            }
        }
        for await _ in inserted { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await texts(database).isEmpty)
    }

    @Test func commitsAreTold() async throws {
        let database = try await open()
        let order = Mutex<[String]>([])
        let commits = database.commits()
        try await database.transaction { transaction in
            transaction.onCommit { order.withLock { $0.append("committed") } }
            try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
            order.withLock { $0.append("body") }
        }
        #expect(order.withLock { $0 } == ["body", "committed"])
        for await _ in commits { break }
    }

    @Test func violationsAreTold() async throws {
        let database = try await open()
        try await database.execute("INSERT INTO notes (text) VALUES ('a')")
        func code(_ sql: SQL) async -> DatabaseError.Code? {
            do { try await database.execute(sql) } catch { return (error as? DatabaseError)?.code }
            return nil
        }
        #expect(await code("INSERT INTO notes (text) VALUES ('a')") == .uniqueViolation)
        #expect(await code("INSERT INTO notes (id, text) VALUES (1, 'b')") == .uniqueViolation)
        #expect(await code("INSERT INTO notes (text) VALUES (NULL)") == .notNullViolation)
        #expect(await code("INSERT INTO nowhere VALUES (1)") == .engine)
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
        let other = try await Database.open(directory.url("other.db"), migrations: [Self.notes])
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

    @Test func aTransactionThatIsOverRefuses() async throws {
        let database = try await open()
        let kept = try await database.transaction { $0 }
        await #expect(throws: DatabaseError(.closed, "the transaction is over")) { try await kept.query("SELECT 1") }
    }

    @Test func readersSeeASnapshotBesideTheWriter() async throws {
        let database = try await open()
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
            let seen = try await Task.detached { try await database.query("SELECT text FROM notes").count }.value
            #expect(seen == 0)
        }
        let counts = try await database.read { reader in
            let before = try await reader.query("SELECT * FROM notes").count
            _ = try await Task.detached { try await database.execute("INSERT INTO notes (text) VALUES ('b')") }.value
            return [before, try await reader.query("SELECT * FROM notes").count]
        }
        #expect(counts == [1, 1])
        await #expect(throws: DatabaseError.self) { try await database.read { try await $0.query("DELETE FROM notes") } }
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

    @Test func listsForInHoldWhatTheyHoldWhateverTheirLength() async throws {
        let database = try await open()
        for id in 1...40 { try await database.execute("INSERT INTO notes (id, text) VALUES (\(id), \(String(id)))") }
        for count in [0, 1, 2, 3, 5, 8, 31, 33, 1023, 1024, 1025, 30_000] {
            let ids = Array(1..<count + 1), known = min(count, 40)
            #expect(try await database.query("SELECT id FROM notes WHERE id IN \(ids)").count == known)
            // In SQL, nothing is NOT IN an empty list's NULL.
            if count > 0 { #expect(try await database.query("SELECT id FROM notes WHERE id NOT IN \(ids)").count == 40 - known) }
        }
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
        await #expect(throws: ConfigurationError.self) { try await Database.open(directory.url("text.db")) }
    }
}
