import Foundation
import Roost

/// What the processor tells the merchant's webhook, signed by HMAC-SHA256 over `timestamp.body`.
@Schema
public struct ChargeNotice {
    public var chargeId: UUID
    public var status: ChargeStatus
}
