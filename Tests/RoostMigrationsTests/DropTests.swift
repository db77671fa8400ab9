import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Columns and tables that are dropped, and what goes with them.
@Suite struct DropTests {
    private let family = UUID.v7()

    @Test func aColumnWithARuleOfItsOwnIsDroppedWithoutARebuild() async throws {
        let workshop = try Workshop(), models: [any Model.Type] = [Fewer.NamelessRow.self, First.ChildRow.self]
        try await workshop.begin(with: family)
        let drafts = try await workshop.make("nameless", models, drops: ["families.name"])
        #expect(drafts.flatMap(\.files.values).contains { $0.contains("roost_new_") } == false)
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(models).drift(of: database) == [])
            #expect(try await database.ages() == [7, 9])
        }
    }

    /// SQLite refuses to drop a column that a rule of the table needs.
    @Test func aColumnWithTheSameRuleOfItsTableIsDroppedByARebuild() async throws {
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT, CONSTRAINT short CHECK (length(name) >= 1 AND length(name) <= 40)
            );
            """)
        try await workshop.make("adopt", [First.FamilyRow.self])
        try await workshop.make("nameless", [Fewer.NamelessRow.self], drops: ["families.name"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Fewer.NamelessRow.self]).drift(of: database) == [])
        }
    }

    @Test func whatGoesWithAColumnIsSaid() async throws {
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT CHECK (note <>
                name));
            CREATE INDEX noted ON families (name) WHERE note IS NOT NULL;
            CREATE VIEW notes AS SELECT note FROM families;
            """)
        try await workshop.make("adopt", [First.FamilyRow.self])
        let drafts = try await workshop.make("noteless", [Fewer.NotelessRow.self], drops: ["families.note"])
        #expect(
            drafts[0].warnings == [
                "the index noted is left out: it needs families.note, which is dropped",
                "the check (note <> name) of families is left out: it needs families.note, which is dropped",
                "the view notes is left out: it needs families.note, which is dropped",
            ])
        let comment = """
            -- the index noted is left out: it needs families.note, which is dropped
            --     CREATE INDEX noted ON families (name) WHERE note IS NOT NULL
            """
        #expect(drafts[0].files["sqlite.up.sql"]?.contains(comment) == true)
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Fewer.NotelessRow.self]).drift(of: database) == [])
            try await database.insert(Fewer.NotelessRow(name: "Ada"))
        }
    }

    @Test func whatGoesWithATableIsSaid() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        try workshop.write("0001_log", "CREATE TABLE log (line TEXT)")
        try await workshop.make("view", First.models, isEmpty: true)
        let view = try #require(try Migration.load(from: workshop.folder).last?.name)
        try workshop.write(
            view,
            """
            CREATE VIEW names AS SELECT name FROM families;
            CREATE TRIGGER named AFTER INSERT ON log BEGIN UPDATE families SET name = new.line; END;
            """)
        try FileManager.default.removeItem(at: workshop.folder.appending(path: "\(view)/sqlite.up.sql"))
        let drafts = try await workshop.make("alone", Alone.models, drops: ["families"])
        #expect(
            drafts[0].warnings == [
                "the view names is left out: it needs families, which is dropped",
                "the trigger named is left out: it needs families, which is dropped",
            ])
    }

    @Test func rulesThatOnlyTheProgramChecksAreSaid() async throws {
        let workshop = try Workshop()
        let drafts = try await workshop.make("first", [AddressRow.self])
        #expect(drafts[0].warnings == ["addresses.email: only the program checks the rule format email, and the database does not"])
        #expect(drafts[0].files["sqlite.up.sql"]?.contains("CHECK (length(email) <= 100)") == true)
    }

    @Model("addresses")
    struct AddressRow {
        @Key var id: UUID = .v7()
        @Check(.format(.email), .length(...100)) var email: String
    }
}
