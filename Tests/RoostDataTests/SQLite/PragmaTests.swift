import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// The settings of a connection belong to the driver.
@Suite(.timeLimit(.minutes(5))) struct PragmaTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func refuses(_ name: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("PRAGMA \(name) was accepted")
        } catch {
            #expect((error as? DatabaseError)?.message.contains("cannot use PRAGMA \(name)") == true, "\(error)")
        }
    }

    @Test(arguments: [
        ("journal_mode", "= DELETE"), ("synchronous", "= OFF"), ("foreign_keys", "= OFF"), ("writable_schema", "= ON"),
        ("ignore_check_constraints", "(1)"), ("query_only", "= OFF"), ("wal_checkpoint", ""), ("wal_checkpoint", "(TRUNCATE)"),
        ("wal_autocheckpoint", "= 1000"), ("mmap_size", "= 1000000"), ("locking_mode", "= EXCLUSIVE"), ("busy_timeout", "= 0"),
        ("read_uncommitted", "= 1"), ("schema_version", "= 7"), ("Recursive_Triggers", "= OFF"), ("future_setting", "= 1"),
    ])
    func aStatementCannotChangeASetting(name: String, argument: String) async throws {
        let database = try await Database.open(directory.databaseURL())
        let text = "PRAGMA \(name) \(argument)", sql = SQL(raw: text)
        await refuses(name) { try await database.execute(sql) }
        await refuses(name) { _ = try await database.query(sql) }
        await refuses(name) { try await database.transaction { _ = try await $0.execute(sql) } }
        await refuses(name) { _ = try await database.read { try await $0.query(sql) } }
        await refuses(name) { try await database.execute(SQL(raw: "PRAGMA main.\(name) \(argument)")) }
        await refuses(name) {
            _ = try await Database.open(directory.databaseURL("other.db"), migrations: [Migration("0001", "CREATE TABLE t (a); \(text);")])
        }
        await database.close()
    }

    @Test func settingsCanBeRead() async throws {
        let database = try await Database.open(
            directory.databaseURL(), migrations: [Migration("0001", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);")])
        for (name, value) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
            let rows = try await database.transaction { try await $0.query(SQL(raw: "PRAGMA \(name)")) }
            #expect(rows.flatMap(\.values).map { "\($0)" }.joined().contains(value), "\(name)")
        }
        for text in [
            "PRAGMA table_info(notes)", "PRAGMA integrity_check", "PRAGMA foreign_key_check(notes)",
            "SELECT * FROM pragma_table_info('notes')",
        ] { _ = try await database.query(SQL(raw: text)) }
        try await database.execute("PRAGMA user_version = 3")
        #expect(try await database.query("PRAGMA user_version").flatMap(\.values) == [.integer(3)])
        await database.close()
    }

    @Test(arguments: [
        ("VACUUM", true), ("vacuum into 'a'", true), ("  \n\t-- why\n /* because * / */ Vacuum", true), ("SELECT 'VACUUM'", false),
        ("-- VACUUM", false), ("/* VACUUM", false), ("", false), ("VACUU", false), ("-- a\nINSERT INTO vacuum VALUES (1)", false),
    ])
    func whatTheEngineRefusesInTransactionsIsFound(text: String, isRefused: Bool) {
        #expect(Statement(text).isRefusedInTransactions == isRefused)
    }
}
