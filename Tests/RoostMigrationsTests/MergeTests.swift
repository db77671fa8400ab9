import Foundation
import Roost
import RoostData
import RoostSQLite
import Testing

@testable import RoostMigrations

/// Migrations of two branches, which were made without each other.
@Suite struct MergeTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func branches(_ mine: [any Model.Type], _ theirs: [any Model.Type]) async throws {
        try await workshop.make("first", First.models)
        let other = try workshop.branch()
        try await workshop.make("mine", mine)
        try await other.make("theirs", theirs)
        try workshop.join(other)
    }

    @Test func branchesThatChangeDifferentThingsAreJoined() async throws {
        try await branches(Weighed.models, Wider.models)
        #expect { try Migration.load(from: workshop.folder) } throws: { "\($0)".contains("run `migrate merge`") }
        let merged = try #require(try MigrationMerge(folder: workshop.folder)).merge()
        #expect(!merged.isEmpty)
        let both: [any Model.Type] = [Weighed.FamilyRow.self, First.ChildRow.self, PetRow.self]
        #expect(try await workshop.maker(both).check() == [])
        #expect(try MigrationMerge(folder: workshop.folder) == nil)
    }

    @Test func aDatabaseThatHasOneBranchGetsTheOther() async throws {
        try await workshop.make("first", First.models)
        let other = try workshop.branch()
        try await workshop.make("mine", Weighed.models)
        try await other.make("theirs", Wider.models)
        await (try workshop.migrated()).close()
        try workshop.join(other)
        _ = try #require(try MigrationMerge(folder: workshop.folder)).merge()
        let database = try await workshop.migrated()
        #expect(try await database.query("SELECT weight, is_known FROM families").isEmpty)
        #expect(try await database.query("SELECT * FROM pets").isEmpty)
        await database.close()
    }

    @Test func whatBothChangeIsNamed() async throws {
        try await branches(Weighed.models, Heavier.models)
        let merge = try #require(try MigrationMerge(folder: workshop.folder))
        #expect(merge.collisions == ["both branches change families.weight"])
        #expect(throws: ConfigurationError.self) { try merge.merge() }
    }

    /// The new table of the one branch would not have the column of the other.
    @Test func aTableThatOneRebuildsIsNamed() async throws {
        try await branches(Weighed.models, Strict.models)
        let merge = try #require(try MigrationMerge(folder: workshop.folder))
        #expect(merge.collisions == ["both branches change families, and one of them drops or rebuilds the table"])
    }

    @Model("pets")
    struct PetRow {
        @Key var name: String
        @References(Weighed.FamilyRow.self, onDelete: .setNull) var familyId: UUID?
    }

    enum Heavier {
        @Model("families")
        struct FamilyRow {
            @Key var id: UUID = .v7()
            @Check(.length(1...40)) var name: String
            var note: String?
            var weight = 5
        }

        static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
    }
}
