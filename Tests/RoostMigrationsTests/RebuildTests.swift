import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Tables that are dropped, rebuilt or adopted.
@Suite struct RebuildTests {
    private let family = UUID.v7()

    @Test(arguments: Engine.allCases)
    func aTableIsDroppedThatAnotherRefersTo(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("alone", Alone.models, drops: ["families"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(Alone.models).drift(of: database) == [])
            #expect(try await database.query("SELECT age FROM children").count == 2)
        }
    }

    @Test(arguments: Engine.allCases)
    func tablesThatReferToEachOtherAreMadeAndDropped(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("circle", Circle.models)
        try await workshop.using { (database) async throws in
            let team = Circle.TeamRow(lead: nil), person = Circle.PersonRow(team: team.id, boss: nil)
            try await database.insert(team)
            try await database.insert(person)
            try await database.execute("UPDATE teams SET lead = \(person.id)")
            #expect(try await workshop.maker(Circle.models).drift(of: database) == [])
        }
        try await workshop.make("line", Alone.models, drops: ["teams", "people"])
        try await workshop.using { (database) async throws in
            #expect(try await LiveSchema.read(from: database).tables.keys.sorted() == ["children"])
        }
    }

    @Test func theNumbersOfDeletedRowsAreNotGivenAgain() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        try await workshop.using { try await $0.execute("DELETE FROM children WHERE number = 2") }
        let drafts = try await workshop.make("text", Typed.lossless)
        #expect(drafts[0].files["sqlite.up.sql"]?.contains("roost_new_children") == true)
        try await workshop.using { (database) async throws in
            try await database.execute("INSERT INTO children (family_id, age) VALUES (\(family), '3')")
            let numbers = try await database.query("SELECT number FROM children ORDER BY number").map { try $0.get("number", as: Int.self) }
            #expect(numbers == [1, 3])
        }
    }

    /// They cannot stay while the table is replaced, and have to be made again in their order.
    @Test func viewsOfViewsAndTriggersElsewhereSurvive() async throws {
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT);
            CREATE TABLE log (line TEXT NOT NULL);
            CREATE VIEW names AS SELECT name FROM families;
            CREATE VIEW long_names AS SELECT name FROM names WHERE length(name) > 3;
            CREATE VIEW counts AS SELECT count(*) AS number FROM long_names;
            CREATE TRIGGER written AFTER INSERT ON log BEGIN
                UPDATE families SET note = new.line WHERE name IN (SELECT name FROM long_names);
            END;
            CREATE TRIGGER renamed INSTEAD OF UPDATE ON long_names BEGIN
                UPDATE families SET name = new.name WHERE name = old.name;
            END;
            """)
        try await workshop.make("adopt", [First.FamilyRow.self])
        let adopted = try Migration.load(from: workshop.folder).last?.name
        let drafts = try await workshop.make("strict", [Strict.FamilyRow.self])
        #expect(drafts[0].warnings == [])
        func everythingWorks(in database: Database) async throws {
            try await database.execute("DELETE FROM families")
            try await database.execute("INSERT INTO families (id, name, note) VALUES ('a', 'Ada', 'none'), ('g', 'Grace', 'none')")
            try await database.execute("INSERT INTO log VALUES ('seen')")
            #expect(try await database.query("SELECT name FROM families WHERE note = 'seen'").map(\.values) == [[.text("Grace")]])
            try await database.execute("UPDATE long_names SET name = 'Hopper'")
            #expect(try await database.query("SELECT name FROM names ORDER BY name").map(\.values) == [[.text("Ada")], [.text("Hopper")]])
            #expect(try await database.query("SELECT number FROM counts").map(\.values) == [[.integer(1)]])
        }
        try await workshop.using { (database) async throws in
            try await everythingWorks(in: database)
            try await database.undoMigrations(Migration.load(from: workshop.folder), to: adopted)
            try await everythingWorks(in: database)
        }
    }

    @Test(arguments: Engine.allCases)
    func aChangeOfTypeThatKeepsAllValuesIsMade(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("text", Typed.lossless)
        try await workshop.using { (database) async throws in
            #expect(try await database.ages(as: String.self) == ["7", "9"])
            #expect(try await workshop.maker(Typed.lossless).drift(of: database) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func aChangeOfTypeThatCanLoseValuesIsRefused(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        await #expect { try await workshop.make("number", Typed.lossy) } throws: {
            "\($0)".contains("families.note changes from text to integer, which can change or lose values")
                && "\($0)".contains("--convert families.note")
        }
        let drafts = try await workshop.make("number", Typed.lossy, conversions: ["families.note"])
        #expect(drafts[0].files["sqlite.up.sql"]?.contains("CAST(note AS INTEGER)") == true)
        // The way back keeps all values.
        try await workshop.using { (database) async throws in
            let migrations = try Migration.load(from: workshop.folder)
            try await database.undoMigrations(migrations, to: migrations[0].name)
            #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema(First.models)) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func namesMayHaveCapitals(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("shelves", [Capitals.ShelfRow.self])
        let drafts = try await workshop.make("wider", [Capitals.WiderShelfRow.self])
        #expect(drafts.last?.name.contains("_wider_index_shelves_seat") == true)
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker([Capitals.WiderShelfRow.self]).drift(of: database) == [])
        }
    }

    @Test func checksWrittenByHandSurviveAnAdoption() async throws {
        let workshop = try Workshop()
        try workshop.write(
            "0001_tables",
            """
            CREATE TABLE families (
                id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT 'nobody' CHECK (length(name) >= 1 AND length(name) <= 40),
                note TEXT CHECK (note <> 'CHECK (x)'), CONSTRAINT short CHECK (length(note) < (1 + 9))
            );
            """)
        // There is nothing to do: the table has the rule of the model.
        let adopted = try await workshop.make("adopt", [First.FamilyRow.self])
        #expect(adopted[0].files["up.sql"] == "-- Nothing to do.\n")
        let drafts = try await workshop.make("strict", [Strict.FamilyRow.self])
        let sql = try #require(drafts[0].files["sqlite.up.sql"])
        #expect(sql.contains("CHECK (note <> 'CHECK (x)')") && sql.contains("CHECK (length(note) < (1 + 9))"))
        #expect(!sql.contains("<= 40"))
        try await workshop.using { (database) async throws in
            await #expect { try await database.insert(Strict.FamilyRow(name: "Ada", note: "more than nine")) } throws: {
                ($0 as? DatabaseError)?.code == .checkViolation
            }
        }
    }

    @Test func aTableByHandWithoutTheRuleOfTheModelGetsIt() async throws {
        let workshop = try Workshop()
        try workshop.write("0001_tables", "CREATE TABLE families (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT CHECK (note <> ''));")
        try await workshop.make("adopt", [First.FamilyRow.self])
        try await workshop.using { (database) async throws in
            await #expect(throws: DatabaseError.self) { try await database.insert(First.FamilyRow(name: "")) }
            await #expect(throws: DatabaseError.self) { try await database.insert(First.FamilyRow(name: "Ada", note: "")) }
            try await database.insert(First.FamilyRow(name: "Ada"))
        }
    }
}
