// The tables of data/tables.sql.

import Foundation
import Roost
import RoostData

@Model("world")
struct WorldRow {
    @Key var id: Int
    var number: Int
}

@Model("fortune")
struct FortuneRow {
    @Key var id: Int
    var message: String
}

@Schema
@ColumnGroup
struct Money {
    var amount: Int
    var currency: String
}

@Model("products")
struct ProductRow {
    @Key var id: UUID
    var sku: String
    var name: String
    var price: Money
    var stock: Int
    var category: String
    var note: String?
    var createdAt: Date
}

@Model("orders")
struct OrderRow {
    @Key var id: UUID
    var account: Int
    var status: String
    var total: Money
    var placedAt: Date
}

@Model("order_lines")
struct LineRow {
    @Key var id: UUID
    @References(OrderRow.self) var orderId: UUID
    var position: Int
    var sku: String
    var quantity: Int
    var price: Money
}
