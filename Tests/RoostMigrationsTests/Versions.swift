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

/// A table that is read in the order of a column without a value in some rows.
enum Dated {
    @Model("papers")
    struct PaperRow {
        @Key var id: UUID = .v7()
        @Indexed var dueAt: Int?
    }

    static let models: [any Model.Type] = [PaperRow.self]
}

/// Families are households, and their note has another name.
enum Moved {
    @Model("households")
    struct HouseholdRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var remark: String?
    }

    @Model("children", indexes: [["familyId", "age"]])
    struct ChildRow {
        @Key(isGenerated: true) var number = 0
        @References(HouseholdRow.self, onDelete: .cascade) var familyId: UUID
        var age: Int
    }

    static let models: [any Model.Type] = [HouseholdRow.self, ChildRow.self]
}

/// The names of households are shorter. There are families beside them, with the indexes that earlier ones had.
enum MovedAgain {
    @Model("households")
    struct HouseholdRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...20)) var name: String
        var remark: String?
    }

    @Model("kids", indexes: [["familyId", "age"]])
    struct KidRow {
        @Key(isGenerated: true) var number = 0
        @References(HouseholdRow.self, onDelete: .cascade) var familyId: UUID
        var age: Int
        var name: String?
    }

    @Model("children", indexes: [["familyId", "age"]])
    struct ChildRow {
        @Key(isGenerated: true) var number = 0
        @References(HouseholdRow.self, onDelete: .cascade) var familyId: UUID
        @Check(.range(0...)) var age: Int
    }

    static let models: [any Model.Type] = [HouseholdRow.self, KidRow.self, ChildRow.self]
}

/// Households may have long names.
enum MovedLooser {
    @Model("households")
    struct HouseholdRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...60)) var name: String
        var remark: String?
    }

    static let models: [any Model.Type] = [HouseholdRow.self, MovedAgain.KidRow.self, MovedAgain.ChildRow.self]
}

/// Families are households, and children are families.
enum Swapped {
    @Model("households")
    struct HouseholdRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var note: String?
    }

    @Model("families", indexes: [["familyId", "age"]])
    struct FamilyRow {
        @Key(isGenerated: true) var number = 0
        @References(HouseholdRow.self, onDelete: .cascade) var familyId: UUID
        var age: Int
    }

    static let models: [any Model.Type] = [HouseholdRow.self, FamilyRow.self]
}

/// There are two texts in place of the note.
enum Noted {
    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var comment: String?
        var remark: String?
    }

    static let models: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// Families without a name, or without a note.
enum Fewer {
    @Model("families")
    struct NamelessRow {
        @Key var id: UUID = .v7()
        var note: String?
    }

    @Model("families")
    struct NotelessRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
    }
}

/// Children without families.
enum Alone {
    @Model("children")
    struct ChildRow {
        @Key(isGenerated: true) var number = 0
        var age: Int
    }

    static let models: [any Model.Type] = [ChildRow.self]
}

/// Two tables that refer to each other, and one to itself.
enum Circle {
    @Model("teams")
    struct TeamRow {
        @Key var id: UUID = .v7()
        @References(PersonRow.self) var lead: UUID?
    }

    @Model("people")
    struct PersonRow {
        @Key var id: UUID = .v7()
        @References(TeamRow.self) var team: UUID?
        @References(PersonRow.self) var boss: UUID?
    }

    static let models: [any Model.Type] = [TeamRow.self, PersonRow.self]
}

/// The age is a text, which keeps all values, or the name a number, which does not.
enum Typed {
    @Model("children", indexes: [["familyId", "age"]])
    struct ChildRow {
        @Key(isGenerated: true) var number = 0
        @References(First.FamilyRow.self, onDelete: .cascade) var familyId: UUID
        var age: String
    }

    @Model("families")
    struct FamilyRow {
        @Key var id: UUID = .v7()
        @Check(.length(1...40)) var name: String
        var note: Int?
    }

    static let lossless: [any Model.Type] = [First.FamilyRow.self, ChildRow.self]
    static let lossy: [any Model.Type] = [FamilyRow.self, First.ChildRow.self]
}

/// A table and columns whose names have capitals.
enum Capitals {
    @Model("Shelves", indexes: [["Row", "seat"]])
    struct ShelfRow {
        @Key var id: UUID = .v7()
        var Row: Int
        var seat: Int
    }

    @Model("Shelves", indexes: [["Row", "seat"], ["seat", "Row"]])
    struct WiderShelfRow {
        @Key var id: UUID = .v7()
        var Row: Int
        var seat: Int
    }
}
