import Foundation
import Roost
import RoostData

enum Grade: String, SQLValue, CaseIterable { case basic, fine }

@ColumnGroup
struct Price: Hashable {
    var amount: Int
    var currency = "EUR"
}

@Schema
struct Size: Hashable {
    var width: Int
    var height: Int
}

@Model("categories")
struct CategoryRow: Hashable {
    @Key var name: String
}

@Model("products", indexes: [["category", "sku"]])
struct ProductRow: Hashable {
    @Key var id: UUID = .v7()
    @Unique @Check(.length(1...40)) var sku: String
    var name: String
    @Indexed var price: Price
    var stock = 0
    var note: String?
    var grade: Grade = .basic
    @References(CategoryRow.self, onDelete: .restrict) var category: CategoryRow.ID
    @JSON var attributes: [String: String] = [:]
    @JSON var size: Size?
    var isOffered = true
    var addedAt: Date = Date(timeIntervalSince1970: 0)
    @Version var version = 0
}
