import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData

extension PaymentStatus: SQLValue {}

/// A payment as it is stored: with the token, which is never shown to anyone.
@Model("payments")
struct PaymentRow {
    /// Also the identifier of the charge at the processor.
    @Key var id: UUID = .v7()
    @Unique var orderId: UUID
    @JSON var amount: Money
    var token: String
    var status: PaymentStatus
    var createdAt: Date = Date()

    /// The payment as the contract shows it.
    var payment: Payment { Payment(id: id, orderId: orderId, amount: amount, status: status, createdAt: createdAt) }
}
