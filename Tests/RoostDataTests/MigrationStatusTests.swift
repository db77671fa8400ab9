import Foundation
import Roost
import RoostSQLite
import RoostTesting
import TestTools
import Testing

@testable import RoostData

@Suite struct MigrationStatusTests {
    private let directory: TemporaryFolder
    private let first = Migration(
        "1_first", up: MigrationScript(shared: "CREATE TABLE one (id INTEGER)"), down: MigrationScript(shared: "DROP TABLE one"),
        schema: nil, parent: nil)
    private let second = Migration(
        "2_second", up: MigrationScript(shared: "CREATE TABLE two (id INTEGER)"), down: MigrationScript(shared: "DROP TABLE two"),
        schema: nil, parent: nil)
    private let last = Migration("3_last", "CREATE TABLE three (id INTEGER)")

    init() throws { directory = try TemporaryFolder() }

    @Test func aStatusTellsWhatWasAppliedAndWhatIsPending() async throws {
        let database = try await Database.open(directory.databaseURL())
        #expect(try await database.migrationStatus(of: [first]).isNew)
        #expect(try await database.migrate([first, last]) == ["1_first", "3_last"])
        #expect(try await database.migrate([first, last]) == [])
        let status = try await database.migrationStatus(of: [first, second])
        #expect(status.applied.map(\.migration.name) == ["1_first"])
        #expect(status.pending.map(\.name) == ["2_second"])
        #expect(status.unknown.map(\.name) == ["3_last"])
        let changed = try await database.migrationStatus(of: [Migration("1_first", "SELECT 1")])
        #expect(changed.changed == ["1_first"])
    }

    @Test func migrationsAreUndoneLastFirst() async throws {
        let database = try await Database.open(directory.databaseURL(), migrations: [first, second])
        #expect(try await database.undoMigrations([first, second]) == ["2_second"])
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM two") }
        #expect(try await database.migrate([first, second]) == ["2_second"])
        #expect(try await database.undoMigrations([first, second], to: "1_first") == ["2_second"])
        #expect(try await database.query("SELECT * FROM one").isEmpty)
    }

    @Test func nothingIsUndoneIfOneCannotBe() async throws {
        let database = try await Database.open(directory.databaseURL(), migrations: [first, last, second])
        await #expect {
            try await database.undoMigrations([first, last, second], to: "1_first")
        } throws: {
            "\($0)".contains("3_last cannot be undone: it has no sqlite.down.sql")
        }
        #expect(try await database.query("SELECT * FROM two").isEmpty)
        await #expect { try await database.undoMigrations([first], to: "2_second") } throws: { "\($0)".contains("2_second is not applied") }
    }

    @Test func aTableOfRecordsAloneIsNoSignOfUse() async throws {
        let database = try await Database.open(directory.databaseURL())
        try await database.execute(MigrationRecords.table)
        #expect(try await database.migrationStatus(of: [first]).isNew)
    }

    @Test func oneThatOthersHaveUndoneIsNotUndoneAgain() async throws {
        let url = directory.databaseURL()
        let twice = Migration(
            "2_rows", up: MigrationScript(shared: "INSERT INTO one VALUES (1)"),
            down: MigrationScript(shared: "INSERT INTO one VALUES (2)"), schema: nil, parent: nil)
        try await Database.open(url, migrations: [first, twice]).close()
        let undone = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = try await Database.open(url)
                    let undone = (try? await database.undoMigrations([first, twice], to: "1_first")) ?? []
                    await database.close()
                    return undone
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(undone == ["2_rows"])
        #expect(try await Database.open(url).query("SELECT 1 FROM one WHERE id = 2").count == 1)
    }

    @Test func nothingIsUndoneThatANewerVersionBuildsOn() async throws {
        let database = try await Database.open(directory.databaseURL(), migrations: [first, second, last])
        await #expect { try await database.undoMigrations([first, second]) } throws: {
            "\($0)".contains("another version of the program has applied 3_last since")
        }
        #expect(try await database.query("SELECT * FROM two").isEmpty)
        // The toolkit's tables do not count.
        #expect(try await database.undoMigrations([first, second], beside: [last]) == ["2_second"])
    }

    @Test func aDatabaseThatHasTheTablesIsAdopted() async throws {
        let database = try await Database.open(directory.databaseURL())
        try await database.execute("CREATE TABLE one (id INTEGER)")
        #expect(try await database.recordMigrations([first]) == ["1_first"])
        #expect(try await database.recordMigrations([first]) == [])
        #expect(try await database.migrate([first, second]) == ["2_second"])
    }

    @Test func aMigrationWithoutStatementsForTheEngineIsNamed() async throws {
        let other = Migration(
            "1_other", up: MigrationScript(engines: ["postgres": "SELECT 1"]), down: MigrationScript(), schema: nil, parent: nil)
        await #expect { try await Database.open(directory.databaseURL(), migrations: [other]) } throws: {
            "\($0)".contains("1_other has no statements for this engine: add sqlite.up.sql")
        }
    }

    @Test func aStatementOutsideATransactionIsApplied() async throws {
        let vacuum = Migration("2_vacuum", "-- roost: no-transaction\nVACUUM")
        let database = try await Database.open(directory.databaseURL(), migrations: [first, vacuum])
        #expect(try await database.migrationStatus(of: [first, vacuum]).pending.isEmpty)
    }

    @Test func aStatementIsRepeatedUntilNothingIsLeft() async throws {
        let rows = Migration("2_rows", "INSERT INTO one SELECT value FROM json_each('[1, 2, 3, 4, 5]')")
        let batches = Migration(
            "3_batches",
            "-- roost: in-batches\nUPDATE one SET id = -id WHERE rowid IN (SELECT rowid FROM one WHERE id > 0 LIMIT 2);")
        let database = try await Database.open(directory.databaseURL(), migrations: [first, rows, batches])
        #expect(try await database.query("SELECT 1 FROM one WHERE id < 0").count == 5)
        #expect(try await database.migrate([first, rows, batches]) == [])
    }

    /// What is printed does what `migrate` does, and is recorded as that.
    @Test func theTextOfMigrationsAppliesAndUndoesThem() async throws {
        let database = try await Database.open(directory.databaseURL()), migrations = [first, last, second, first]
        let script =
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript('\\n'.join(l for l in sys.argv[2].split('\\n') if l[:1] != '.'))"
        func run(_ text: String) async throws {
            let tool = try await Tool.run("python3", ["-c", script, String(directory.databaseURL().dropFirst("sqlite:".count)), text])
            #expect(tool.status == 0, "\(tool.output)")
        }
        #expect(try MigrationText.applying([], on: .sqlite) == "-- Nothing to do.\n")
        try await run(try MigrationText.applying(migrations, on: .sqlite))
        #expect(try await database.migrationStatus(of: migrations).verified().pending.isEmpty)
        // The last one that cannot be undone ends the steps back.
        try await run(MigrationText.undoing([first, last, second], on: .sqlite))
        #expect(try await database.migrationStatus(of: migrations).pending.map(\.name) == ["2_second"])
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM two") }
    }

    @Test func tenThatStartAtOnceMigrateOnce() async throws {
        let url = directory.databaseURL(), slow = Migration("2_rows", "INSERT INTO one VALUES (1)")
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let database = try await Database.open(url)
                    let count = try await database.migrate([first, slow, second]).count
                    await database.close()
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.reduce(0, +) == 3)
        #expect(try await Database.open(url).query("SELECT * FROM one").count == 1)
    }
}
