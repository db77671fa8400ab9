import Foundation
import Money
import Roost

/// The payment of an order.
@Schema
public struct Payment {
    /// The payment's identifier, which is also the identifier of the charge at the processor.
    public var id: UUID
    /// The order that is paid.
    public var orderId: UUID
    /// The amount that is charged.
    public var amount: Money
    /// The state of the payment.
    public var status: PaymentStatus
    /// When the payment was requested.
    public var createdAt: Date
}

/// The state of a payment.
@Schema
public enum PaymentStatus: String, Sendable {
    /// The processor was asked to charge the card, and has not given a definite answer.
    case pending
    /// The card was charged.
    case captured
    /// The processor declined the charge.
    case declined
    /// The charge was refunded.
    case refunded
    /// The order was cancelled before it was charged, and cannot be charged any more.
    case void
}

/// A request to charge an order.
@Schema
public struct PaymentRequest {
    /// The order to charge.
    public var orderId: UUID
    /// The amount to charge.
    public var amount: Money
    /// Identifies the customer's card at the processor.
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var token: String
}

/// A request to refund an order.
@Schema
public struct RefundRequest {
    /// The order to refund.
    public var orderId: UUID
}
