import Foundation
import Roost
import RoostData

/// The models of a program in its first version.
enum First {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var note: String?
    }

    @Model("children", indexes: [["familyId", "age"]])
    struct ChildRow {
        @Key(isGenerated: true) var number = 0
        @References(FamilyRow.self, onDelete: .cascade) var familyId: UUID
        var age: Int
    }

    static let models: [any Model.Type] = [FamilyRow.self, ChildRow.self]
}

/// A column more, which has a value for the rows that exist.
enum Weighed {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var note: String?
        @Indexed var weight = 3
        var isKnown = true
    }

    static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// A column more, which has no value for the rows that exist.
enum Careless {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var note: String?
        var weight: Int
    }

    static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// A note is needed now, and names are shorter: on SQLite, the table is rebuilt.
enum Strict {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...20)) var name: String
        var note = "none"
    }

    static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// The note has another name.
enum Renamed {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var remark: String?
    }

    static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// A table more.
enum Wider {
    @Model("pets")
    struct PetRow {
        @Key var name: String
        @References(First.FamilyRow.self, onDelete: .setNull) var familyId: UUID?
    }

    static let models: [any Model.Type] = First.models + [PetRow.self]
}
