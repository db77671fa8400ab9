import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostMigrations

/// The scripts of migrations, run by the shells of the engines.
@Suite struct ScriptTests {
    private let family = UUID.v7()

    private func run(_ script: String, on workshop: Workshop) async throws -> Tool {
        switch workshop.engine {
        case .sqlite: try await Tool.run("sqlite3", [workshop.path], input: Array(script.utf8))
        case .postgres:
            try await Tool.run(
                "psql",
                ["-Xq", "-h", "127.0.0.1", "-p", String(PostgresServer.shared().port), "-U", "postgres", "-d", workshop.name],
                input: Array(script.utf8))
        }
    }

    @Test(arguments: Engine.allCases)
    func aScriptAppliesWhatIsPendingAndUndoesIt(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("strict", Strict.models)
        try await workshop.make("weighed", Weighed.models)
        let migrations = try Migration.load(from: workshop.folder), first = migrations[0]
        let tool = try await run(MigrationText.applying(Array(migrations.dropFirst()), on: engine.dialect), on: workshop)
        #expect(tool.status == 0, "\(tool.output)")
        try await workshop.open().closing { (database) async throws in
            let status = try await database.migrationStatus(of: migrations)
            #expect(status.pending.isEmpty && status.changed.isEmpty)
            #expect(try await workshop.maker(Weighed.models).drift(of: database) == [])
            #expect(try await database.ages() == [7, 9])
        }
        let back = try await run(MigrationText.undoing(Array(migrations.dropFirst()), on: engine.dialect), on: workshop)
        #expect(back.status == 0, "\(back.output)")
        try await workshop.open().closing { (database) async throws in
            #expect(try await database.migrationStatus(of: migrations).applied.map(\.migration.name) == [first.name])
            #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema(First.models)) == [])
            #expect(try await database.ages() == [7, 9])
        }
    }

    /// The settings of the role could end a long statement, and a table that is in use would hold up everyone.
    @Test func aScriptHasTheLimitsOfMigrations() async throws {
        let workshop = try Workshop(on: .postgres)
        try await workshop.begin(with: family)
        let limits = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement"
        try await workshop.open().closing { (database) async throws in
            try await database.execute(SQL(raw: "ALTER DATABASE \(workshop.name) SET statement_timeout = '1min'"))
            try await database.execute(
                """
                CREATE FUNCTION note(value bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
                    RAISE NOTICE 'lock %', current_setting('lock_timeout');
                    RETURN value;
                END $$
                """)
        }
        let migrations = [
            Migration("1_seen", "CREATE TABLE seen AS \(limits)"),
            Migration("2_index", "-- roost: no-transaction\nCREATE INDEX CONCURRENTLY aged ON children (note(age))"),
            Migration("3_seen", "INSERT INTO seen \(limits)"),
        ]
        let tool = try await run(MigrationText.applying(migrations, on: .postgres), on: workshop)
        #expect(tool.status == 0, "\(tool.output)")
        #expect(tool.output.contains("lock 0"))
        try await workshop.open().closing { (database) async throws in
            let seen = try await database.query("SELECT lock, statement FROM seen").map(\.values)
            #expect(seen == [[.text("5s"), .text("0")], [.text("5s"), .text("0")]])
        }
    }

    /// What comes after the fault is not applied, and what comes with it is undone.
    @Test(arguments: Engine.allCases)
    func aScriptStopsAtAFault(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        let migrations =
            try Migration.load(from: workshop.folder) + [
                Migration("3_good", "CREATE TABLE good (number BIGINT)"),
                Migration("4_bad", "CREATE TABLE bad (number BIGINT); INSERT INTO children (family_id, age) VALUES (NULL, 1)"),
                Migration("5_late", "CREATE TABLE late (number BIGINT)"),
            ]
        let tool = try await run(MigrationText.applying(Array(migrations.dropFirst()), on: engine.dialect), on: workshop)
        #expect(tool.status != 0)
        #expect(tool.output.contains(engine == .sqlite ? "NOT NULL constraint failed" : "violates not-null constraint"))
        try await workshop.open().closing { (database) async throws in
            #expect(try await database.migrationStatus(of: migrations).pending.map(\.name) == ["4_bad", "5_late"])
            #expect(try await LiveSchema.read(from: database).tables.keys.sorted() == ["children", "families", "good"])
            #expect(try await database.ages() == [7, 9])
        }
    }
}

extension Engine {
    fileprivate var dialect: Dialect { self == .sqlite ? .sqlite : .postgres }
}
