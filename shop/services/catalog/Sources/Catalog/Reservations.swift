import CatalogAPI
import Foundation
import Roost
import RoostData

/// Reserves goods for orders. The result is stored for each order, so that a repeated call changes nothing.
struct Reservations: Sendable {
    let database: Database

    /// Takes all goods of an order from the stock, or none.
    func reserve(_ order: UUID, _ items: [Quantity]) async throws -> Reservation {
        try await database.transaction { transaction in
            if let earlier = try await find(order, in: transaction) { return earlier.reservation }
            let wanted = Self.summed(items)
            var missing: [String] = []
            for (sku, quantity) in wanted where try await !isThere(sku, quantity, in: transaction) { missing.append(sku) }
            let reservation = Reservation(status: missing.isEmpty ? .reserved : .refused, missing: missing)
            if missing.isEmpty {
                for (sku, quantity) in wanted { try await change(sku, by: -quantity, in: transaction) }
            }
            try await record(order, reservation, wanted, in: transaction)
            return reservation
        }
    }

    /// Returns the goods of an order to the stock. If none were taken, it records that none may be taken any more.
    func release(_ order: UUID) async throws {
        try await database.transaction { transaction in
            let earlier = try await find(order, in: transaction)
            if let earlier, earlier.reservation.status == .reserved {
                for item in earlier.items { try await change(item.sku, by: item.quantity, in: transaction) }
            }
            if earlier?.reservation.status == .refused { return }
            try await record(order, Reservation(status: .released, missing: []), earlier?.items ?? [], in: transaction)
        }
    }

    /// The quantity of a product in all lines of an order, which may exceed the limit of one line.
    @Schema
    fileprivate struct Held {
        var sku: String
        var quantity: Int
    }

    private typealias Goods = [(sku: String, quantity: Int)]

    /// Returns the total quantity of each product. Product numbers are compared by their bytes, and have the same order for all.
    private static func summed(_ items: [Quantity]) -> Goods {
        Dictionary(items.map { (Array($0.sku.utf8), $0.quantity) }, uniquingKeysWith: +)
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
    }

    private func find(_ order: UUID, in transaction: Transaction) async throws -> (reservation: Reservation, items: Goods)? {
        guard let row = try await transaction.query("SELECT * FROM reservations WHERE order_id = \(order)").first else { return nil }
        let reservation = Reservation(status: try row.get("status"), missing: try row.get(json: "missing"))
        return (reservation, try row.get(json: "items", as: [Held].self).map { ($0.sku, $0.quantity) })
    }

    private func record(_ order: UUID, _ reservation: Reservation, _ goods: Goods, in transaction: Transaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO reservations (order_id, status, items, missing)
            VALUES (\(order), \(reservation.status.rawValue), \(json: goods.map { Held(sku: $0.sku, quantity: $0.quantity) }), \(json: reservation.missing))
            ON CONFLICT (order_id) DO UPDATE SET status = excluded.status
            """)
    }

    private func isThere(_ sku: String, _ quantity: Int, in transaction: Transaction) async throws -> Bool {
        try await !transaction.query("SELECT 1 FROM products WHERE sku = \(sku) AND stock >= \(quantity)").isEmpty
    }

    private func change(_ sku: String, by delta: Int, in transaction: Transaction) async throws {
        _ = try await transaction.execute("UPDATE products SET stock = stock + \(delta) WHERE sku = \(sku)")
    }
}
