import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData
import ShopCommon

/// The book of payments: one an order.
struct PaymentBook: Sendable {
    let database: Database

    /// Writes a payment before the processor is asked, so that a crash in between is found again. One that the order has
    /// already is what counts.
    func begin(_ request: PaymentRequest) async throws -> PaymentEntry {
        try await write(request.orderId, request.amount, request.token, as: .pending)
    }

    /// What an order was charged. Where it was not, a void entry sees to it that it never will be.
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

    /// Writes an outcome. Outcomes only go on: from pending to captured or declined, from captured to refunded.
    /// - Throws: a `Problem` with status 404 where there is no such payment.
    func settle(_ id: UUID, as status: PaymentStatus) async throws -> PaymentEntry {
        try await database.transaction { transaction in
            let before: [PaymentStatus] = status == .refunded ? [.pending, .captured] : [.pending]
            _ = try await transaction.execute(
                "UPDATE payments SET status = \(status.rawValue) WHERE id = \(id) AND status IN \(before.map(\.rawValue))")
            return try await Self.one("SELECT * FROM payments WHERE id = \(id)", in: transaction)
        }
    }

    /// Payments that came to something, but for those in a state that only a newer version knows.
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
