import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData
import ShopCommon

/// The payments in the database: one for each order.
struct PaymentRepository: Sendable {
    let database: Database

    /// Records a payment before the processor is called, so that it is found again after a crash. If the order already has a payment, that
    /// one counts.
    func begin(_ request: PaymentRequest) async throws -> PaymentEntry {
        try await write(request.orderId, request.amount, request.token, as: .pending)
    }

    /// Returns what an order was charged. If it was not charged, this records a void payment, which prevents any later charge.
    func close(order: UUID) async throws -> PaymentEntry {
        try await write(order, .zero(.euro), "", as: .void)
    }

    private func write(_ order: UUID, _ amount: Money, _ token: String, as status: PaymentStatus) async throws -> PaymentEntry {
        try await database.transaction { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO payments (id, order_id, amount, token, status, created_at)
                VALUES (\(UUID.v7()), \(order), \(json: amount), \(token), \(status.rawValue), \(Date()))
                ON CONFLICT (order_id) DO NOTHING
                """)
            return try await Self.one("SELECT * FROM payments WHERE order_id = \(order)", in: transaction)
        }
    }

    /// Records an outcome. A status only advances: from pending to captured or declined, from captured to refunded.
    /// - Throws: A `Problem` with status 404 if there is no such payment.
    func settle(_ id: UUID, as status: PaymentStatus) async throws -> PaymentEntry {
        try await database.transaction { transaction in
            let before: [PaymentStatus] = status == .refunded ? [.pending, .captured] : [.pending]
            _ = try await transaction.execute(
                "UPDATE payments SET status = \(status.rawValue) WHERE id = \(id) AND status IN \(before.map(\.rawValue))")
            return try await Self.one("SELECT * FROM payments WHERE id = \(id)", in: transaction)
        }
    }

    /// Lists the payments that have an outcome, except those in a state that only a newer version knows.
    func list(order: UUID?, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Payment> {
        let hidden = [PaymentStatus.pending.rawValue, PaymentStatus.void.rawValue]
        var sql: SQL = "SELECT * FROM payments WHERE status NOT IN \(hidden) AND id < \(cursor?.key ?? "~")"
        if let order { sql = sql + " AND order_id = \(order)" }
        let rows = try await database.query(sql + " ORDER BY id DESC LIMIT \(limit.count + 1)")
        let entries = try rows.map { row in (id: try row.get("id", as: UUID.self), entry: Result { try PaymentEntry(row) }) }
        let page = Page(entries, limit: limit) { $0.id.text }
        return Page(items: try page.items.compactMap { try $0.entry.ifKnown()?.payment }, next: page.next)
    }

    private static func one(_ sql: SQL, in transaction: Transaction) async throws -> PaymentEntry {
        guard let row = try await transaction.query(sql).first else { throw Problem(.notFound, "There is no such payment.") }
        return try PaymentEntry(row)
    }
}
