import Foundation
import Money
import Roost

/// A message from the processor to the merchant's webhook, signed with HMAC-SHA256 over `timestamp.body`.
@Schema
public struct ChargeNotice {
    /// The charge.
    public var chargeId: UUID
    /// The state of the charge.
    public var status: ChargeStatus
    /// The notice's identifier, the same however often the notice is sent. Earlier versions sent none.
    public var id: UUID?
    /// The amount that was charged. Earlier versions sent none.
    public var amount: Money?
}
