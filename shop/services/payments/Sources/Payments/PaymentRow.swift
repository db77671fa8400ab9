import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData

extension PaymentStatus: SQLValue {}

/// A payment as it is stored: with the token, which is never shown to anyone.
@Model("payments", indexes: [["isReconciled", "id"]])
struct PaymentRow {
    /// Also the identifier of the charge at the processor.
    @Key var id: UUID = .v7()
    @Unique var orderId: UUID
    @JSON var amount: Money
    /// Empty as soon as the payment has an outcome, since nothing needs it then.
    var token: String
    var status: PaymentStatus
    /// Whether the processor's own record agrees.
    var isReconciled = false
    var createdAt: Date = Date()

    /// The payment as the contract shows it.
    var payment: Payment { Payment(id: id, orderId: orderId, amount: amount, status: status, createdAt: createdAt) }
}
