import Foundation
import RoostSystem

@Model("loans")
struct LoanRow {
    @Key var id: UUID = .v7()
    @References(BookRow.self, onDelete: .cascade) var book: BookRow.ID
    @Indexed var reader: String
    @UpdatedAt var updatedAt: Date = .now
    @DeletedAt var deletedAt: Date?
}
