import Foundation
import Roost

/// A message from the processor to the merchant's webhook, signed with HMAC-SHA256 over `timestamp.body`.
@Schema
public struct ChargeNotice {
    /// The charge.
    public var chargeId: UUID
    /// The state of the charge.
    public var status: ChargeStatus
}
