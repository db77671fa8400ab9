import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

@Suite struct MigrationTests {
    private let directory: TemporaryFolder
    private let first = Migration("0001_first", "CREATE TABLE one (id INTEGER); CREATE TABLE two (id INTEGER);")

    init() throws { directory = try TemporaryFolder() }

    @Test func eachIsAppliedOnceInOrder() async throws {
        let second = Migration("0002_second", "INSERT INTO one VALUES (1)")
        for _ in 0..<2 {
            let database = try await Database.open(directory.databaseURL(), migrations: [first, second])
            #expect(try await database.query("SELECT * FROM one").count == 1)
            await database.close()
        }
    }

    @Test func oneThatIsListedTwiceIsAppliedOnce() async throws {
        let second = Migration("0002_second", "INSERT INTO one VALUES (1)")
        let database = try await Database.open(directory.databaseURL(), migrations: [first, second, first, second])
        #expect(try await database.query("SELECT * FROM one").count == 1)
        await database.close()
    }

    @Test func processesMayApplyThemTogether() async throws {
        let url = directory.databaseURL(), migrations = [first, Migration("0002_second", "INSERT INTO one VALUES (1)")]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await Database.open(url, migrations: migrations).close() } }
            try await group.waitForAll()
        }
        let database = try await Database.open(url)
        #expect(try await database.query("SELECT * FROM one").count == 1)
    }

    @Test func aChangedOneIsNamed() async throws {
        try await Database.open(directory.databaseURL(), migrations: [first]).close()
        await #expect {
            try await Database.open(directory.databaseURL(), migrations: [Migration("0001_first", "CREATE TABLE three (id INTEGER)")])
        } throws: {
            "\($0)".contains("0001_first was changed")
        }
    }

    @Test func oneThatFailsIsNamedAndLeavesNothing() async throws {
        let broken = Migration("0002_broken", "CREATE TABLE three (id INTEGER); CREATE TABLE one (id INTEGER);")
        await #expect {
            try await Database.open(directory.databaseURL(), migrations: [first, broken])
        } throws: {
            ($0 as? DatabaseError)?.code == .migration && "\($0)".contains("0002_broken")
        }
        let database = try await Database.open(directory.databaseURL(), migrations: [first])
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM three") }
    }

    private let family = Migration(
        "0001_family",
        """
        CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
        CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES parents (id) ON DELETE SET NULL);
        INSERT INTO parents VALUES (1, 'Ada'), (2, 'Bob');
        INSERT INTO children VALUES (10, 1), (20, 2);
        INSERT INTO pets VALUES (100, 1);
        """)

    @Test func rowsThatReferToATableSurviveItsRebuild() async throws {
        // The procedure from SQLite's documentation: https://www.sqlite.org/lang_altertable.html, §7.
        let rebuild = Migration(
            "0002_names_are_needed",
            """
            CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            INSERT INTO new_parents SELECT id, name FROM parents;
            DROP TABLE parents;
            ALTER TABLE new_parents RENAME TO parents;
            """)
        try await Database.open(directory.databaseURL(), migrations: [family]).close()
        let database = try await Database.open(directory.databaseURL(), migrations: [family, rebuild])
        #expect(
            try await database.query("SELECT id, parent FROM children").map(\.values)
                == [[10, 1], [20, 2]].map { $0.map(SQLData.integer) })
        #expect(try await database.query("SELECT owner FROM pets").map(\.values) == [[.integer(1)]])
        // Afterwards, foreign keys are enforced again.
        await #expect {
            try await database.execute("INSERT INTO children VALUES (30, 3)")
        } throws: {
            ($0 as? DatabaseError)?.code == .foreignKeyViolation
        }
        try await database.execute("DELETE FROM parents WHERE id = 1")
        #expect(try await database.query("SELECT id FROM children").map(\.values) == [[.integer(20)]])
    }

    @Test(arguments: [
        "DELETE FROM parents WHERE id = 2", "INSERT INTO children VALUES (30, 3)",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT); DROP TABLE parents; ALTER TABLE p RENAME TO parents",
    ])
    func aMigrationThatViolatesAForeignKeyIsRefusedAndLeavesNothing(sql: String) async throws {
        try await Database.open(directory.databaseURL(), migrations: [family]).close()
        await #expect {
            try await Database.open(directory.databaseURL(), migrations: [family, Migration("0002_careless", sql)])
        } throws: {
            guard let error = $0 as? DatabaseError else { return false }
            return error.code == .migration && FailureKind(of: error) == .permanent && "\(error)".contains("0002_careless")
                && "\(error)".contains("children")
        }
        let database = try await Database.open(directory.databaseURL(), migrations: [family])
        #expect(try await database.query("SELECT * FROM parents").count == 2)
        #expect(try await database.query("SELECT * FROM children").count == 2)
    }

    @Test func afterAMigrationThatFailsKeysAreEnforced() async throws {
        try await Database.open(directory.databaseURL(), migrations: [family]).close()
        let driver = try await SQLiteDriver.open(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL"))
        await #expect(throws: DatabaseError.self) {
            try await driver.transaction(.schemaChange) { try await $0.run(script: "INSERT INTO children VALUES (30, 3)") }
        }
        await #expect {
            try await driver.run(Statement("INSERT INTO children VALUES (30, 3)"), for: .write) { _ in }
        } throws: {
            ($0 as? DatabaseError)?.code == .foreignKeyViolation
        }
        await driver.close()
    }
}
