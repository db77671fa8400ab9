import Foundation
import Money
import Roost

/// What an order was charged.
@Schema
public struct Payment {
    public var id: UUID
    public var orderId: UUID
    public var amount: Money
    public var status: PaymentStatus
    public var createdAt: Date
}

@Schema
public enum PaymentStatus: String, Sendable {
    /// The processor was asked, and has not answered for certain.
    case pending
    case captured
    case declined
    case refunded
    /// The order gave up before it was charged, and may not be any more.
    case void
}

/// An order that wants to be paid.
@Schema
public struct PaymentRequest {
    public var orderId: UUID
    public var amount: Money
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var token: String
}

/// An order that wants its money back.
@Schema
public struct RefundRequest {
    public var orderId: UUID
}
