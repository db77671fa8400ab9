import Foundation
import Roost
import RoostData
import Testing

@testable import RoostMigrations

/// Changes of types.
@Suite struct TypeTests {
    /// Checks, defaults and foreign keys compare a column with values of its old type.
    @Test(arguments: Engine.allCases)
    func columnsWithRulesChangeTheirTypes(engine: Engine) async throws {
        let workshop = try Workshop(on: engine), date = Date(timeIntervalSince1970: 1_700_000_000.25)
        try await workshop.make("first", Before.models)
        let item = Before.ItemRow(count: 7, isOpen: true, seen: date)
        try await workshop.using { (database) async throws in
            try await database.insert(item)
            try await database.insert(Before.PartRow(item: item.id))
        }
        try await workshop.make("second", After.models, conversions: ["items.is_open", "items.seen"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(After.models).drift(of: database) == [])
            let found = try #require(try await database.first(After.ItemRow.all))
            #expect(found.id.lowercased() == item.id.uuidString.lowercased())
            #expect(found.count == "7" && found.isOpen == 1 && found.seen == 1_700_000_000_250)
            await #expect { try await database.insert(After.PartRow(item: "nobody")) } throws: {
                ($0 as? DatabaseError)?.code == .foreignKeyViolation
            }
            await #expect { try await database.insert(After.ItemRow(id: "a", count: "", seen: 0)) } throws: {
                ($0 as? DatabaseError)?.code == .checkViolation
            }
            try await database.insert(After.ItemRow(id: "a", seen: 0))
            try await database.insert(After.PartRow(item: "a"))
        }
        // And once more, with names that later migrations find.
        try await workshop.make("third", After.renamed, renames: ["items=things", "items.count=number"])
        try await workshop.using { (database) async throws in
            #expect(try await workshop.maker(After.renamed).drift(of: database) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func aConversionAndTheOneBackAreMade(engine: Engine) async throws {
        let workshop = try Workshop(on: engine)
        try await workshop.make("first", [Flags.NumberRow.self])
        try await workshop.using { try await $0.insert(Flags.NumberRow(id: 1, isOn: 1)) }
        let drafts = try await workshop.make("flags", [Flags.BooleanRow.self], conversions: ["flags.is_on"])
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Flags.BooleanRow.self, 1)?.isOn == true)
        }
        try await workshop.make("numbers", [Flags.NumberRow.self], conversions: ["flags.is_on"])
        try await workshop.using { (database) async throws in
            #expect(try await database.find(Flags.NumberRow.self, 1)?.isOn == 1)
        }
        #expect(drafts.count == 1)
    }

    @Test func aConversionThatPostgreSQLLacksIsRefused() async throws {
        let workshop = try Workshop()
        try await workshop.make("first", [Flags.BytesRow.self])
        await #expect { try await workshop.make("flags", [Flags.NumberRow.self], conversions: ["flags.is_on"]) } throws: {
            "\($0)".contains("flags.is_on changes from blob to integer, which PostgreSQL cannot convert: add a column of the new type")
        }
    }
}

private enum Before {
    @Model("items")
    struct ItemRow {
        @Key var id: UUID = .v7()
        @Check(.range(0...100)) var count = 1
        var isOpen: Bool
        var seen: Date
    }

    @Model("parts")
    struct PartRow {
        @Key var id: UUID = .v7()
        @References(ItemRow.self) var item: UUID
    }

    static let models: [any Model.Type] = [ItemRow.self, PartRow.self]
}

private enum After {
    @Model("items")
    struct ItemRow {
        @Key var id: String
        @Check(.length(1...100)) var count = "1"
        var isOpen = 0
        var seen: Int
    }

    @Model("parts")
    struct PartRow {
        @Key var id: UUID = .v7()
        @References(ItemRow.self) var item: String
    }

    @Model("things")
    struct ThingRow {
        @Key var id: String
        @Check(.length(1...50)) var number = "1"
        var isOpen = 0
        var seen: Int
    }

    @Model("parts")
    struct PartOfThingRow {
        @Key var id: UUID = .v7()
        @References(ThingRow.self) var item: String
    }

    static let models: [any Model.Type] = [ItemRow.self, PartRow.self]
    static let renamed: [any Model.Type] = [ThingRow.self, PartOfThingRow.self]
}

private enum Flags {
    @Model("flags")
    struct NumberRow {
        @Key var id: Int
        var isOn: Int
    }

    @Model("flags")
    struct BooleanRow {
        @Key var id: Int
        var isOn: Bool
    }

    @Model("flags")
    struct BytesRow {
        @Key var id: Int
        var isOn: [UInt8]
    }
}
