import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Tables and columns that have another name.
@Suite struct RenameTests {
    private let family = UUID.v7()

    private func moved(_ workshop: Workshop) async throws {
        try await workshop.begin(with: family)
        try await workshop.make("move", Moved.models, renames: ["families=households", "families.note=remark"])
    }

    @Test(arguments: Engine.allCases)
    func aTableKeepsItsRowsUnderItsNewName(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await moved(workshop)
        #expect(try await workshop.maker(Moved.models).check().filter { !$0.contains(": rename: ") } == [])
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Moved.HouseholdRow.self, family)?.name == "Ada")
            #expect(try await database.query("SELECT 1 FROM children").count == 2)
            #expect(try await workshop.maker(Moved.models).drift(of: database) == [])
            let migrations = try Migration.load(from: workshop.folder)
            try await database.undoMigrations(migrations)
            #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema(First.models)) == [])
            #expect(try await database.query("SELECT 1 FROM children").count == 2)
        }
    }

    /// Constraints and indexes have the names of the new table: later migrations find them, and the old names are free.
    @Test(arguments: Engine.allCases)
    func whatATableHasIsRenamedWithIt(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await moved(workshop)
        try await workshop.make("again", MovedAgain.models, renames: ["children=kids"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(MovedAgain.models).drift(of: database) == [])
            #expect(try await database.query("SELECT 1 FROM kids").count == 2)
            // The new rule is the only one.
            await #expect(throws: DatabaseError.self) {
                try await database.insert(MovedAgain.HouseholdRow(name: String(repeating: "x", count: 21)))
            }
            guard engine == .postgres else { return }
            let names = try await database.query(
                "SELECT CAST(conname AS text) AS conname FROM pg_constraint WHERE conrelid = 'households'::regclass AND contype <> 'n' ORDER BY 1"
            )
            #expect(try names.map { try $0.get("conname", as: String.self) } == ["households_name_check", "households_pkey"])
        }
        // What was forbidden is allowed again, so no rule has stayed under another name.
        try await workshop.make("looser", MovedLooser.models)
        try await workshop.using { (database) async throws in
            try await database.insert(MovedLooser.HouseholdRow(name: String(repeating: "x", count: 50)))
        }
    }

    @Test func viewsTriggersAndIndexesFollowARename() async throws {
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT);
            CREATE TABLE log (line TEXT NOT NULL);
            CREATE INDEX noted ON families (name) WHERE note IS NOT NULL;
            CREATE VIEW names AS SELECT name, note FROM families;
            CREATE TRIGGER logged AFTER INSERT ON families BEGIN INSERT INTO log VALUES (new.note); END;
            CREATE TRIGGER spread AFTER INSERT ON log BEGIN UPDATE families SET note = 'seen' WHERE note = new.line; END;
            """)
        try await workshop.make("adopt", [First.FamilyRow.self])
        let adopted = try Migration.load(from: workshop.folder).last?.name
        // Renamed, and rebuilt because its rule changes.
        try await workshop.make("move", [MovedAgain.HouseholdRow.self], renames: ["families=households", "families.note=remark"])
        try await workshop.using { (database) async throws in
            try await database.insert(MovedAgain.HouseholdRow(name: "Ada", remark: "new"))
            #expect(try await database.query("SELECT remark FROM names").map(\.values) == [[.text("seen")]])
            #expect(try await database.query("SELECT line FROM log").map(\.values) == [[.text("new")]])
            #expect(try await database.query("SELECT 1 FROM sqlite_master WHERE name = 'noted' AND tbl_name = 'households'").count == 1)
            try await database.undoMigrations(Migration.load(from: workshop.folder), to: adopted)
            try await database.insert(First.FamilyRow(name: "Bob", note: "old"))
            #expect(try await database.query("SELECT line FROM log").count == 2)
        }
    }

    @Test func aTableIsAskedAbout() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        await #expect { try await workshop.make("move", Moved.models) } throws: {
            "\($0)".contains(
                "families may have been renamed to households: say so with --rename families=households, or --drop families")
        }
        var questions: [RenameQuestion] = []
        try await workshop.make("move", Moved.models) {
            questions.append($0)
            return true
        }
        #expect(questions.map(\.before) == ["families", "households.note"])
        #expect(questions.map(\.after) == ["households", "remark"])
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Moved.HouseholdRow.self, family)?.name == "Ada")
        }
    }

    @Test(arguments: [
        ("families", "--rename families: say TABLE.COLUMN=NAME or TABLE=NAME, such as --rename products.weight=mass"),
        ("families.note:remark", "say TABLE.COLUMN=NAME or TABLE=NAME"),
        ("family.note=remark", "--rename family.note=remark: the newest migration has no table family; it has children, families"),
        ("families.text=remark", "families has no column text before the change; it has id, name, note"),
        ("families.note=remarks", "the model of families has no column remarks"),
        ("families=households", "no model has the table households; they have families, children"),
        ("families=children", "a table children already exists"),
    ])
    func aWrongOptionIsAnsweredWithWhatToWrite(option: String, answer: String) async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        await #expect { try await workshop.make("rename", Renamed.models, renames: [option]) } throws: { "\($0)".contains(answer) }
    }

    /// SQLite ignores the case of names, and PostgreSQL quotes statements in `$$`.
    @Test(arguments: Engine.allCases)
    func namesOfAllKindsAreRenamed(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("first", [Odd.ShelfRow.self, Odd.PriceRow.self])
        let shelf = Odd.ShelfRow(row: 3)
        try await workshop.using { (database) async throws in
            try await database.insert(shelf)
            try await database.insert(Odd.PriceRow(id: 1, name: "Ada"))
        }
        let renames = ["Shelves=shelves", "in$$=out$roost_1$$"]
        let models: [any Model.Type] = [Odd.SmallShelfRow.self, Odd.CostRow.self]
        let renamed = try await workshop.make("rename", models, renames: renames)
        #expect(renamed[0].warnings == [])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(models).drift(of: database) == [])
            #expect(try await database.find(Odd.SmallShelfRow.self, shelf.id)?.row == 3)
        }
        try await workshop.make("strict", [Odd.StrictShelfRow.self, Odd.StrictCostRow.self])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Odd.StrictShelfRow.self, Odd.StrictCostRow.self]).drift(of: database) == [])
            let migrations = try Migration.load(from: workshop.folder)
            try await database.undoMigrations(migrations, to: migrations[0].name)
            #expect(try await database.find(Odd.ShelfRow.self, shelf.id)?.row == 3)
        }
    }
}

private enum Odd {
    @Model("Shelves")
    struct ShelfRow {
        @Key var id: UUID = .v7()
        @Indexed @Check(.range(0...9)) var row: Int
    }

    @Model("shelves")
    struct SmallShelfRow {
        @Key var id: UUID = .v7()
        @Indexed @Check(.range(0...9)) var row: Int
    }

    @Model("shelves")
    struct StrictShelfRow {
        @Key var id: UUID = .v7()
        @Indexed @Check(.range(0...5)) var row: Int
    }

    @Model("in$$")
    struct PriceRow {
        @Key var id: Int
        @Check(.length(1...9)) var name: String
    }

    @Model("out$roost_1$$")
    struct CostRow {
        @Key var id: Int
        @Check(.length(1...9)) var name: String
    }

    @Model("out$roost_1$$")
    struct StrictCostRow {
        @Key var id: Int
        @Check(.length(1...5)) var name: String
    }
}
