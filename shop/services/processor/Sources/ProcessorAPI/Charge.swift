import Foundation
import Money
import Roost

/// What a merchant asks to be charged.
@Schema
public struct ChargeRequest {
    public var amount: Money
    /// Stands for the customer's card.
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var token: String
}

/// A charge, as the processor knows it.
@Schema
public struct Charge {
    public var id: UUID
    public var status: ChargeStatus
    public var amount: Money
}

@Schema
public enum ChargeStatus: String, Sendable {
    case captured
    case declined
    case refunded
}
