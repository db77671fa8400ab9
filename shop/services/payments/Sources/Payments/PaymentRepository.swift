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
    func begin(_ request: PaymentRequest) async throws -> PaymentRow {
        try await write(request.orderId, request.amount, request.token, as: .pending)
    }

    /// Returns what an order was charged. If it was not charged, this records a void payment, which prevents any later charge.
    func close(order: UUID) async throws -> PaymentRow {
        try await write(order, .zero(.euro), "", as: .void)
    }

    private func write(_ order: UUID, _ amount: Money, _ token: String, as status: PaymentStatus) async throws -> PaymentRow {
        try await database.transaction { transaction in
            let row = PaymentRow(orderId: order, amount: amount, token: token, status: status)
            try await transaction.insert(row, onConflict: .ignore)
            return try await Self.one(PaymentRow.where { $0.orderId == order }, in: transaction)
        }
    }

    /// Records an outcome. A status only advances: from pending to captured or declined, from captured to refunded.
    /// - Throws: A `Problem` with status 404 if there is no such payment.
    func settle(_ id: UUID, as status: PaymentStatus) async throws -> PaymentRow {
        try await database.transaction { transaction in
            let before: [PaymentStatus] = status == .refunded ? [.pending, .captured] : [.pending]
            try await transaction.run(PaymentRow.with(id).where { $0.status.isIn(before) }.update { $0.status.set(status) })
            return try await Self.one(PaymentRow.with(id), in: transaction)
        }
    }

    /// Lists the payments that have an outcome, except those in a state that only a newer version knows.
    func list(order: UUID?, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Payment> {
        let rows = PaymentRow.where { $0.status.isNotIn([.pending, .void]) }.where(order) { $0.orderId == $1 }
        return try await database.fetch(rows.skippingUnknown().order { $0.id.descending }.page(limit, after: cursor)).map(\.payment)
    }

    private static func one(_ query: Query<PaymentRow>, in transaction: Transaction) async throws -> PaymentRow {
        guard let row = try await transaction.first(query) else { throw Problem(.notFound, "There is no such payment.") }
        return row
    }
}
