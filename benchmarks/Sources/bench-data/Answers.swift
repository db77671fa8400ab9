import Foundation
import Roost

@Schema
struct World {
    var id: Int
    var number: Int
}

@Schema
struct Product {
    var id: UUID
    var sku: String
    var name: String
    var price: Money
    var stock: Int
    var category: String
    var note: String?
    var createdAt: Date
}

@Schema
struct Line {
    var sku: String
    var quantity: Int
    var price: Money
}

@Schema
struct Order {
    var id: UUID
    var account: Int
    var status: String
    var total: Money
    var placedAt: Date
    var lines: [Line]
}

extension Product {
    init(_ row: ProductRow) {
        self.init(
            id: row.id, sku: row.sku, name: row.name, price: row.price, stock: row.stock, category: row.category, note: row.note,
            createdAt: row.createdAt)
    }
}

extension Order {
    init(_ row: OrderRow, _ lines: [LineRow]) {
        self.init(
            id: row.id, account: row.account, status: row.status, total: row.total, placedAt: row.placedAt,
            lines: lines.map { Line(sku: $0.sku, quantity: $0.quantity, price: $0.price) })
    }
}
