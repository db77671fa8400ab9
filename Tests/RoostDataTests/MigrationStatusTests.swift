import Foundation
import Roost
import RoostSQLite
import Testing

@testable import RoostData

@Suite struct MigrationStatusTests {
    private let directory: TemporaryDirectory
    private let first = Migration(
        "1_first", up: MigrationScript(shared: "CREATE TABLE one (id INTEGER)"), down: MigrationScript(shared: "DROP TABLE one"),
        schema: nil, parent: nil)
    private let second = Migration(
        "2_second", up: MigrationScript(shared: "CREATE TABLE two (id INTEGER)"), down: MigrationScript(shared: "DROP TABLE two"),
        schema: nil, parent: nil)
    private let last = Migration("3_last", "CREATE TABLE three (id INTEGER)")

    init() throws { directory = try TemporaryDirectory() }

    @Test func aStatusTellsWhatWasAppliedAndWhatIsPending() async throws {
        let database = try await Database.open(directory.url())
        #expect(try await database.migrationStatus(of: [first]).isNew)
        #expect(try await database.migrate([first, last]) == ["1_first", "3_last"])
        #expect(try await database.migrate([first, last]) == [])
        let status = try await database.migrationStatus(of: [first, second])
        #expect(status.applied.map(\.migration.name) == ["1_first"])
        #expect(status.pending.map(\.name) == ["2_second"])
        #expect(status.unknown == ["3_last"])
        let changed = try await database.migrationStatus(of: [Migration("1_first", "SELECT 1")])
        #expect(changed.changed == ["1_first"])
    }

    @Test func migrationsAreUndoneLastFirst() async throws {
        let database = try await Database.open(directory.url(), migrations: [first, second])
        #expect(try await database.undoMigrations([first, second]) == ["2_second"])
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT * FROM two") }
        #expect(try await database.migrate([first, second]) == ["2_second"])
        #expect(try await database.undoMigrations([first, second], to: "1_first") == ["2_second"])
        #expect(try await database.query("SELECT * FROM one").isEmpty)
    }

    @Test func nothingIsUndoneIfOneCannotBe() async throws {
        let database = try await Database.open(directory.url(), migrations: [first, last, second])
        await #expect {
            try await database.undoMigrations([first, last, second], to: "1_first")
        } throws: {
            "\($0)".contains("3_last cannot be undone: it has no sqlite.down.sql")
        }
        #expect(try await database.query("SELECT * FROM two").isEmpty)
        await #expect { try await database.undoMigrations([first], to: "2_second") } throws: { "\($0)".contains("2_second is not applied") }
    }

    @Test func aDatabaseThatHasTheTablesIsAdopted() async throws {
        let database = try await Database.open(directory.url())
        try await database.execute("CREATE TABLE one (id INTEGER)")
        #expect(try await database.recordMigrations([first]) == ["1_first"])
        #expect(try await database.recordMigrations([first]) == [])
        #expect(try await database.migrate([first, second]) == ["2_second"])
    }

    @Test func aMigrationWithoutStatementsForTheEngineIsNamed() async throws {
        let other = Migration(
            "1_other", up: MigrationScript(engines: ["postgres": "SELECT 1"]), down: MigrationScript(), schema: nil, parent: nil)
        await #expect { try await Database.open(directory.url(), migrations: [other]) } throws: {
            "\($0)".contains("1_other has no statements for this engine: add sqlite.up.sql")
        }
    }

    @Test func aStatementOutsideATransactionIsApplied() async throws {
        let vacuum = Migration("2_vacuum", "-- roost: no-transaction\nVACUUM")
        let database = try await Database.open(directory.url(), migrations: [first, vacuum])
        #expect(try await database.migrationStatus(of: [first, vacuum]).pending.isEmpty)
    }

    @Test func tenThatStartAtOnceMigrateOnce() async throws {
        let url = directory.url(), slow = Migration("2_rows", "INSERT INTO one VALUES (1)")
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
