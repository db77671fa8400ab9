import CatalogAPI
import Foundation
import Roost
import RoostData
import ShopCommon

/// Reserves goods for orders. The result is stored for each order, so that a repeated call changes nothing.
struct Reservations: Sendable {
    let database: Database

    /// Takes all goods of an order from the stock, or none.
    func reserve(_ order: UUID, _ items: [Quantity]) async throws -> Reservation {
        let wanted = Self.summed(items)
        return try await database.transaction { transaction in
            var row = ReservationRow(orderId: order, status: .refused, items: wanted, missing: [])
            if let earlier = try await Self.claim(row, in: transaction) { return earlier.reservation }
            let stock = try await transaction.fetch(
                ProductRow.where { $0.sku.isIn(wanted.map(\.sku)) }.order { $0.sku }.locked().select { ($0.sku, $0.stock) })
            row.missing = wanted.filter { goods in
                !stock.contains { $0.0.utf8.elementsEqual(goods.sku.utf8) && $0.1 >= goods.quantity }
            }.map(\.sku)
            if row.missing.isEmpty { row.status = .reserved }
            try await transaction.run(Self.changes(of: row.missing.isEmpty ? wanted : [], by: -1, recording: row))
            ShopPlace.goodsReserving.reach()
            return row.reservation
        }
    }

    /// Returns the goods of an order to the stock. If none were taken, it records that none may be taken any more.
    func release(_ order: UUID) async throws {
        try await database.transaction { transaction in
            let released = ReservationRow(orderId: order, status: .released, items: [], missing: [])
            guard var row = try await Self.claim(released, in: transaction), row.status == .reserved else { return }
            row.status = .released
            try await transaction.run(Self.changes(of: row.items, by: 1, recording: row))
        }
    }

    /// Writes the first result of an order, which others who do so at the same time wait for.
    /// - Returns: The result that the order has already, locked; `nil` if it has none.
    private static func claim(_ row: ReservationRow, in transaction: Transaction) async throws -> ReservationRow? {
        if try await transaction.insert(row, onConflict: .ignore) { return nil }
        return try await transaction.first(ReservationRow.with(row.orderId).locked())
    }

    /// Returns the total quantity of each product. Product numbers are compared by their bytes, and have the same order for all.
    private static func summed(_ items: [Quantity]) -> [HeldGoods] {
        Dictionary(items.map { (Array($0.sku.utf8), $0.quantity) }, uniquingKeysWith: +)
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { HeldGoods(sku: String(decoding: $0.key, as: UTF8.self), quantity: $0.value) }
    }

    /// Returns the changes of the stock, and the record of their result.
    private static func changes(of goods: [HeldGoods], by factor: Int, recording row: ReservationRow) -> Batch {
        var batch = Batch()
        for goods in goods { batch.run(ProductRow.with(goods.sku).update { $0.stock += factor * goods.quantity }) }
        let status = row.status, missing = row.missing
        batch.run(
            ReservationRow.with(row.orderId).update {
                $0.status.set(status)
                $0.missing.set(missing)
            })
        return batch
    }
}

extension ReservationRow {
    fileprivate var reservation: Reservation { Reservation(status: status, missing: missing) }
}
