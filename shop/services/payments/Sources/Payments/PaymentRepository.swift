import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData
import ShopCommon

/// The payments in the database: one for each order.
struct PaymentRepository: Sendable {
    let database: Database
    let ledger: Ledger
    let differences: Differences

    /// Records a payment and its authorization before the processor is called, so that it is found again after a crash. If the order already
    /// has a payment, that one counts.
    func begin(_ request: PaymentRequest) async throws -> PaymentRow {
        let new = PaymentRow(orderId: request.orderId, amount: request.amount, token: request.token, status: .pending)
        let (row, found) = try await database.transaction { transaction in
            let row = try await add(new, in: transaction)
            guard row.amount != request.amount, row.status != .void else { return (row, [FoundDifference]()) }
            let difference = FoundDifference(
                .request, of: row.id, "The order was to be charged \(request.amount) after \(row.amount).",
                action: "The first amount counts.")
            return (row, try await differences.write([difference], in: transaction))
        }
        differences.alert(found)
        return row
    }

    /// Returns what an order was charged. If it was not charged, this records a void payment, which prevents any later charge.
    func close(order: UUID) async throws -> PaymentRow {
        let new = PaymentRow(orderId: order, amount: .zero(.euro), token: "", status: .void, isReconciled: true)
        return try await database.transaction { try await add(new, in: $0) }
    }

    /// Writes a payment with its transfers, unless the order has one.
    /// - Returns: The order's payment.
    private func add(_ new: PaymentRow, in transaction: Transaction) async throws -> PaymentRow {
        if try await transaction.insert(new, onConflict: .ignore) {
            let transfers = new.status.transfers.map { Transfer(payment: new.id, kind: $0, amount: new.amount) }
            try await ledger.post(transfers, in: transaction)
        }
        guard let row = try await transaction.first(PaymentRow.where { $0.orderId == new.orderId }) else {
            throw Problem(.internalError, "The payment was not written.")
        }
        return row
    }

    /// Lists the payments that have an outcome, except those in a state that only a newer version knows.
    func list(order: UUID?, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Payment> {
        let rows = PaymentRow.where { $0.status.isNotIn([.pending, .void]) }.where(order) { $0.orderId == $1 }
        return try await database.fetch(rows.skippingUnknown().order { $0.id.descending }.page(limit, after: cursor)).map(\.payment)
    }
}
