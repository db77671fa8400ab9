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
}
