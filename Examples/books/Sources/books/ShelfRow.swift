import Foundation
import RoostSystem

@Model("shelves")
struct ShelfRow {
    @Key var name: String
}

@Model("placements")
struct PlacementRow {
    @Key @References(ShelfRow.self, onDelete: .cascade) var shelf: ShelfRow.ID
    @Key @References(BookRow.self, onDelete: .cascade) var book: BookRow.ID
}
