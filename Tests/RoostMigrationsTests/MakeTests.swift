import Foundation
import Roost
import RoostData
import RoostSQLite
import Testing

@testable import RoostMigrations

/// Migrations that are made from models, and applied to a database on SQLite.
@Suite struct MakeTests {
    private let workshop: Workshop
    private let family = UUID.v7()

    init() throws { workshop = try Workshop() }

    private func begin() async throws { try await workshop.begin(with: family) }

    @Test func theFirstMigrationMakesTheTablesOfTheModels() async throws {
        try await begin()
        #expect(try await workshop.maker(First.models).check() == [])
        #expect(try await workshop.make("again", First.models).isEmpty)
        let database = try await workshop.migrated()
        #expect(try await workshop.maker(First.models).drift(of: database) == [])
        // The engine keeps the rules.
        await #expect { try await database.insert(First.FamilyRow(name: "")) } throws: {
            ($0 as? DatabaseError)?.code == .checkViolation
        }
        await #expect { try await database.execute("INSERT INTO children (family_id, age) VALUES (\(UUID.v7()), 1)") } throws: {
            ($0 as? DatabaseError)?.code == .foreignKeyViolation
        }
        await database.close()
    }

    @Test func aColumnIsAddedWithItsValueAndItsIndex() async throws {
        try await begin()
        let drafts = try await workshop.make("add_weight", Weighed.models)
        // On PostgreSQL, the index is built apart from the rest.
        #expect(drafts.count == 2)
        #expect(drafts[1].files["postgres.up.sql"]?.contains("CREATE INDEX CONCURRENTLY IF NOT EXISTS families_weight_idx") == true)
        #expect(drafts[0].files["postgres.up.sql"]?.contains("ADD COLUMN weight bigint NOT NULL DEFAULT 3") == true)
        let database = try await workshop.migrated()
        #expect(try await database.find(Weighed.FamilyRow.self, family)?.weight == 3)
        #expect(try await database.query("SELECT * FROM children").count == 2)
        #expect(try await workshop.maker(Weighed.models).drift(of: database) == [])
        #expect(try await workshop.maker(Weighed.models).check() == [])
        // And back.
        let migrations = try Migration.load(from: workshop.folder)
        try await database.undoMigrations(migrations, to: migrations[0].name)
        #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema(First.models)) == [])
        await database.close()
    }

    @Test func aColumnThatRowsNeedAValueForIsRefused() async throws {
        try await begin()
        await #expect { try await workshop.make("careless", Careless.models) } throws: {
            "\($0)".contains("families.weight is added to a table that may have rows, which need a value: give the property a value")
        }
    }

    @Test func rowsThatReferToARebuiltTableSurvive() async throws {
        try await begin()
        let drafts = try await workshop.make("strict", Strict.models)
        #expect(drafts[0].files["sqlite.up.sql"]?.contains("ALTER TABLE roost_new_families RENAME TO families") == true)
        let database = try await workshop.migrated()
        #expect(try await database.find(Strict.FamilyRow.self, family)?.note == "none")
        #expect(try await database.ages() == [7, 9])
        #expect(try await workshop.maker(Strict.models).drift(of: database) == [])
        await #expect(throws: DatabaseError.self) { try await database.insert(Strict.FamilyRow(name: String(repeating: "x", count: 21))) }
        try await database.execute("DELETE FROM families")
        #expect(try await database.query("SELECT * FROM children").isEmpty)
        await database.close()
    }

    @Test func viewsAndIndexesByHandSurviveARebuild() async throws {
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT);
            CREATE INDEX noted ON families (name) WHERE note IS NOT NULL;
            CREATE VIEW names AS SELECT name FROM families;
            """)
        try await workshop.make("adopt", [First.FamilyRow.self])
        try await workshop.make("strict", [Strict.FamilyRow.self])
        let database = try await workshop.migrated()
        try await database.insert(Strict.FamilyRow(name: "Ada"))
        #expect(try await database.query("SELECT name FROM names").count == 1)
        #expect(try await database.query("SELECT 1 FROM sqlite_master WHERE name = 'noted' AND sql LIKE '%WHERE note%'").count == 1)
        await database.close()
    }

    @Test func aRenameIsAskedAndNeverGuessed() async throws {
        try await begin()
        await #expect { try await workshop.make("rename", Renamed.models) } throws: {
            "\($0)".contains("families.note may have been renamed to remark: say so with --rename families.note=remark")
        }
        let drafts = try await workshop.make("rename", Renamed.models) { $0 == RenameQuestion(before: "families.note", after: "remark") }
        #expect(drafts.first?.files["up.sql"] == "ALTER TABLE families RENAME COLUMN note TO remark;\n")
        let database = try await workshop.migrated()
        #expect(try await workshop.maker(Renamed.models).drift(of: database) == [])
        await database.close()
    }

    @Test func anOptionSaysWhatIsRenamedOrDropped() async throws {
        try await begin()
        let other = try workshop.branch()
        let renamed = try await workshop.make("rename", Renamed.models, renames: ["families.note=remark"])
        #expect(renamed.first?.files["down.sql"] == "ALTER TABLE families RENAME COLUMN remark TO note;\n")
        let dropped = try await other.make("drop", Renamed.models, drops: ["families.note"])
        #expect(dropped.first?.files["sqlite.up.sql"]?.contains("DROP COLUMN note") == true)
        #expect(dropped.first?.files.keys.contains { $0.contains("down") } == false)
    }

    @Test func aMigrationToBeWrittenByHandKeepsTheSchema() async throws {
        try await begin()
        try await workshop.make("fill", First.models, isEmpty: true)
        #expect(try Migration.load(from: workshop.folder).map(\.name).last?.hasSuffix("_fill") == true)
        #expect(try await workshop.maker(First.models).check() == [])
    }

    @Test func whatDiffersIsFound() async throws {
        try await begin()
        let changed = try await workshop.maker(Wider.models).check()
        #expect(changed.count == 1 && changed[0].contains("the models differ from"))
        let database = try await workshop.migrated()
        try await database.execute("ALTER TABLE children ADD COLUMN shoes TEXT")
        try await database.execute("DROP INDEX children_family_id_age_idx")
        #expect(
            try await workshop.maker(First.models).drift(of: database)
                == ["the column children.shoes is not in the schema", "children has no index over family_id, age"])
        await database.close()
    }

    @Test func migrationsThatDoNotMakeTheSchemaAreFound() async throws {
        let drafts = try await workshop.make("first", First.models)
        let file = workshop.folder.appending(path: "\(drafts[0].name)/sqlite.up.sql")
        let sql = try String(contentsOf: file, encoding: .utf8)
        try Data(sql.replacing("age INTEGER NOT NULL", with: "age TEXT").utf8).write(to: file)
        let faults = try await workshop.maker(First.models).check()
        #expect(faults.contains { $0.contains("the column children.age is TEXT instead of INTEGER") })
    }

    @Test func modelsThatDoNotFitAreNamed() {
        #expect { try DatabaseSchema([First.ChildRow.self, Strict.FamilyRow.self, First.FamilyRow.self]) } throws: {
            "\($0)".contains("two models have the table families")
        }
        #expect { try DatabaseSchema([First.ChildRow.self]) } throws: {
            "\($0)".contains("children.family_id refers to families, which is not among the models")
        }
    }
}
