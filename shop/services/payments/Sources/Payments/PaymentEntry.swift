import Foundation
import PaymentsAPI
import RoostData

/// A payment as it is stored: with the token, which is never shown to anyone.
struct PaymentEntry: Sendable {
    let payment: Payment
    let token: String

    var id: UUID { payment.id }
    var status: PaymentStatus { payment.status }

    init(_ row: ResultRow) throws {
        payment = Payment(
            id: try row.get("id"), orderId: try row.get("order_id"), amount: try row.get(json: "amount"),
            status: try row.get("status"), createdAt: try row.get("created_at"))
        token = try row.get("token")
    }
}
