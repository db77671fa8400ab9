import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Migrations that are made, applied, checked, merged and undone, on each engine.
@Suite struct AppliedTests {
    private let family = UUID.v7()

    @Test(arguments: Engine.allCases)
    func theFirstMigrationMakesTheTables(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        #expect(try await workshop.maker(First.models).check() == [])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(First.models).drift(of: database) == [])
            await #expect { try await database.insert(First.FamilyRow(name: "")) } throws: {
                ($0 as? DatabaseError)?.code == .checkViolation
            }
            await #expect { try await database.execute("INSERT INTO children (family_id, age) VALUES (\(UUID.v7()), 1)") } throws: {
                ($0 as? DatabaseError)?.code == .foreignKeyViolation
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func aColumnIsAddedAndRemovedAgain(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("add_weight", Weighed.models)
        #expect(try await workshop.maker(Weighed.models).check() == [])
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Weighed.FamilyRow.self, family)?.weight == 3)
            #expect(try await workshop.maker(Weighed.models).drift(of: database) == [])
            let migrations = try Migration.load(from: workshop.folder)
            try await database.undoMigrations(migrations, to: migrations[0].name)
            #expect(try await LiveSchema.read(from: database).differences(from: DatabaseSchema(First.models)) == [])
            #expect(try await database.ages() == [7, 9])
            // And once more.
            #expect(try await database.migrate(migrations).count == migrations.count - 1)
            #expect(try await workshop.maker(Weighed.models).drift(of: database) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func rowsThatReferToAChangedTableSurvive(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        try await workshop.make("strict", Strict.models)
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Strict.FamilyRow.self, family)?.note == "none")
            #expect(try await database.ages() == [7, 9])
            #expect(try await workshop.maker(Strict.models).drift(of: database) == [])
            await #expect(throws: DatabaseError.self) {
                try await database.insert(Strict.FamilyRow(name: String(repeating: "x", count: 21)))
            }
            let migrations = try Migration.load(from: workshop.folder)
            try await database.undoMigrations(migrations, to: migrations[0].name)
            #expect(try await database.ages() == [7, 9])
            try await database.insert(First.FamilyRow(name: String(repeating: "x", count: 21)))
            // The reference is the same as before.
            try await database.execute("DELETE FROM families")
            #expect(try await database.ages() == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func branchesAreJoined(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.begin(with: family)
        let other = try workshop.branch()
        try await workshop.make("mine", Weighed.models)
        try await other.make("theirs", Wider.models)
        // The database has one branch and gets the other.
        try await workshop.using { _ in }
        try workshop.join(other)
        _ = try #require(try MigrationMerge(folder: workshop.folder)).merge()
        let both: [any Model.Type] = [Weighed.FamilyRow.self, First.ChildRow.self, MergeTests.PetRow.self]
        #expect(try await workshop.maker(both).check() == [])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(both).drift(of: database) == [])
            #expect(try await database.ages() == [7, 9])
        }
    }

    @Test func anIndexThatWasNotFinishedIsBuiltAgain() async throws {
        let workshop = try Workshop(on: .postgres)
        try await workshop.begin(with: family)
        try await workshop.make("add_weight", Weighed.models)
        // As a server leaves it that crashed while it built the index.
        try await workshop.using { (database) async throws in
            try await database.execute("DELETE FROM roost_migrations WHERE name LIKE '%index%'")
            try await database.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'families_weight_idx'::regclass")
        }
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(Weighed.models).drift(of: database) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func anIndexServesTheOrderOfAColumnThatMayBeNull(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("papers", Dated.models)
        try await workshop.using { database in
            for query in [Dated.PaperRow.all.order { $0.dueAt }, Dated.PaperRow.all.order { $0.dueAt.descending }] {
                let plan = try await database.transaction { transaction in
                    if engine == .postgres { try await transaction.execute("SET LOCAL enable_seqscan = off") }
                    return try await transaction.explain(query.limit(10))
                }
                #expect(plan.contains("papers_due_at_idx") && !plan.contains("Sort") && !plan.contains("B-TREE"))
            }
        }
    }
}
