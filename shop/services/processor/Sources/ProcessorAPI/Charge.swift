import Foundation
import Money
import Roost

/// A merchant's request to charge a card.
@Schema
public struct ChargeRequest {
    /// The amount to charge.
    public var amount: Money
    /// Identifies the customer's card.
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var token: String
}

/// A charge of a card.
@Schema
public struct Charge {
    /// The charge's identifier, which the merchant chose.
    public var id: UUID
    /// The state of the charge.
    public var status: ChargeStatus
    /// The amount that was charged.
    public var amount: Money
}

/// The state of a charge.
@Schema
public enum ChargeStatus: String, Sendable {
    /// The card was charged.
    case captured
    /// The charge was declined.
    case declined
    /// The charge was refunded.
    case refunded
}
