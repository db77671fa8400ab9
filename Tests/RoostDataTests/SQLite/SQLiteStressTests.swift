import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// Transactions and statements of all kinds at once, with a comparison of what was acknowledged and what is stored.
@Suite(.timeLimit(.minutes(5))) struct SQLiteStressTests {
    private struct Stop: Error {}

    @Test func whatWasAcknowledgedIsStoredAndNothingElse() async throws {
        let directory = try TemporaryFolder()
        let schema = Migration(
            "0001_notes",
            """
            CREATE TABLE notes (text TEXT PRIMARY KEY);
            CREATE TABLE late (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES late DEFERRABLE INITIALLY DEFERRED);
            """)
        let database = try await Database.open(directory.databaseURL(), migrations: [schema])
        try await database.execute("INSERT INTO notes VALUES ('there')")
        var told: Set<String> = []
        try await withThrowingTaskGroup(of: [String].self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var told: [String] = []
                    for number in 0..<40 {
                        let text = "\(caller)-\(number)", task = Task { try await Self.write(text, caller + number, to: database) }
                        if (caller + number) % 11 == 0 { task.cancel() }
                        if (try? await task.value) != nil { told.append(text) }
                    }
                    return told
                }
            }
            for try await texts in group { told.formUnion(texts) }
        }
        let stored = try await database.query("SELECT text FROM notes WHERE text <> 'there'").map { try $0.get("text", as: String.self) }
        #expect(Set(stored) == told && stored.count == told.count)
        #expect(told.count > 1000)
        #expect(try await database.query("SELECT * FROM late").isEmpty)
        await database.close()
    }

    private static func write(_ text: String, _ kind: Int, to database: Database) async throws {
        let insert: SQL = "INSERT INTO notes VALUES (\(text))"
        if kind % 3 == 0 {
            try await database.execute(insert)
            return
        }
        try await database.transaction { transaction in
            try await transaction.execute(insert)
            switch kind % 16 {
            case 1: throw Stop()
            case 2: try await transaction.execute("INSERT INTO notes VALUES ('there')")
            // The body waits for something other than the database.
            case 4: try await Task.sleep(for: .microseconds(300))
            case 5: _ = try await Task.detached { try await transaction.execute("UPDATE notes SET text = text WHERE text = \(text)") }.value
            case 7: _ = try? await transaction.execute("INSERT OR ROLLBACK INTO notes VALUES ('there')")
            case 8: try await transaction.execute("INSERT INTO late (parent) VALUES (1000)")
            case 10:
                async let one = transaction.query("SELECT * FROM notes WHERE text = \(text)")
                async let other = transaction.query("SELECT count(*) FROM notes")
                _ = try await (one, other)
            case 11: _ = try? await transaction.savepoint { try await transaction.execute("INSERT INTO notes VALUES ('there')") }
            case 13: _ = try await Task.detached { try await database.query("SELECT count(*) FROM notes") }.value
            default: await Task.yield()
            }
        }
    }
}
