import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// What options and answers say about names that are gone.
@Suite struct RenameOptionTests {
    private let family = UUID.v7()

    @Test(arguments: ["families.note", "households.note"])
    func aDropMeansAColumnByTheOldOrTheNewNameOfItsTable(drop: String) async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        let drafts = try await workshop.make("move", Moved.models, renames: ["families=households"], drops: [drop])
        let sql = try #require(drafts[0].files["sqlite.up.sql"])
        #expect(sql.contains("DROP COLUMN note") && sql.contains("ADD COLUMN remark"))
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(Moved.models).drift(of: database) == [])
            #expect(try await database.find(Moved.HouseholdRow.self, family)?.name == "Ada")
        }
    }

    @Test func aDropByTheOldNameIsKnownAfterAnAnswer() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        var questions: [String] = []
        try await workshop.make("move", Moved.models, drops: ["families.note"]) {
            questions.append($0.before)
            return true
        }
        #expect(questions == ["families"])
    }

    @Test(arguments: Engine.allCases)
    func aNameIsMadeFreeBeforeItIsTaken(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("swap", Swapped.models, renames: ["children=families", "families=households"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(Swapped.models).drift(of: database) == [])
            #expect(try await database.find(Swapped.HouseholdRow.self, family)?.name == "Ada")
            #expect(try await database.query("SELECT 1 FROM families").count == 2)
            try await database.undoMigrations(Migration.load(from: workshop.folder))
            #expect(try await database.ages() == [7, 9])
        }
    }

    @Test func aNoLeadsToTheNextQuestion() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        await #expect { try await workshop.make("rename", Noted.models) } throws: {
            "\($0)".contains(
                """
                families.note may have been renamed to comment or remark: say so with --rename families.note=comment, or --drop \
                families.note
                """)
        }
        var questions: [RenameQuestion] = []
        try await workshop.make("rename", Noted.models) {
            questions.append($0)
            return $0.after == "remark"
        }
        #expect(questions.map(\.after) == ["comment", "remark"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(Noted.models).drift(of: database) == [])
        }
    }

    @Test(arguments: [
        (["families.name"], "--drop families.name: the models still have it"),
        (["families"], "--drop families: it was renamed to households"),
        (["families.note"], "--drop families.note: it was renamed to remark"),
        (["families.text"], "--drop families.text: the newest migration has no such table or column; say TABLE or TABLE.COLUMN"),
        (["families.note.x"], "--drop families.note.x: the newest migration has no such table or column"),
        ([""], "--drop : the newest migration has no such table or column"),
    ])
    func aWrongDropIsAnsweredWithWhatIsWrong(drops: [String], answer: String) async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        await #expect {
            try await workshop.make("move", Moved.models, renames: ["families=households", "families.note=remark"], drops: drops)
        } throws: {
            "\($0)".contains(answer)
        }
    }

    /// The order of options follows from what they mean, and not from how they name the table.
    @Test(arguments: Engine.allCases)
    func optionsMayNameATableByBothOfItsNames(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("first", [Chained.FamilyRow.self])
        let row = Chained.FamilyRow(note: "note", remark: "remark")
        try await workshop.using { try await $0.insert(row) }
        try await workshop.make(
            "move", [Chained.HouseholdRow.self], renames: ["families.note=remark", "households.remark=comment", "families=households"])
        try await workshop.using { (database) async throws in
            let found = try #require(try await database.find(Chained.HouseholdRow.self, row.id))
            #expect(found.remark == "note" && found.comment == "remark")
        }
    }

    @Test func aDropOfWhatTheModelHasRenamedIsRefused() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        await #expect {
            try await workshop.make("rename", [Declared.FamilyRow.self, First.ChildRow.self], drops: ["families.note"])
        } throws: {
            "\($0)".contains("--drop families.note: its model says that it was renamed to remark (`@Renamed`)")
        }
        try await workshop.make("rename", [Declared.FamilyRow.self, First.ChildRow.self])
    }

    /// After `families=households` and `children=families`, the name of the first is that of another table.
    @Test func aDropMeansTheTableBeforeAllRenames() async throws {
        let workshop = try Workshop()
        try await workshop.begin(with: family)
        for (drop, name) in [("families", "households"), ("children", "families")] {
            await #expect {
                try await workshop.make(
                    "swap", Swapped.models, renames: ["children=families", "families=households"], drops: [drop])
            } throws: {
                "\($0)".contains("--drop \(drop): it was renamed to \(name)")
            }
        }
    }
}

private enum Chained {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        var note: String?
        var remark: String?
    }

    @Model("households")
    struct HouseholdRow {
        @Key var id: UUID = .v7()
        var remark: String?
        var comment: String?
    }
}

private enum Declared {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        @Renamed(from: "note") var remark: String?
    }
}
