import Foundation
import Money
import ProcessorAPI
import Roost
import RoostData

extension ChargeStatus: SQLValue {}

/// A charge as it is stored.
@Model("charges")
struct ChargeRow {
    @Key var id: UUID
    var status: ChargeStatus
    @JSON var amount: Money
    var token: String

    /// The charge as the contract shows it.
    var charge: Charge { Charge(id: id, status: status, amount: amount) }
}

/// How often a charge was asked for, so that a flaky token knows when to work.
@Model("attempts")
struct AttemptRow {
    @Key var id: UUID
    var count: Int
}
