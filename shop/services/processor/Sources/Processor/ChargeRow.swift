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

/// A change of a charge, in the order in which the processor's record shows them.
@Model("charge_entries", indexes: [["charge", "number"]])
struct ChargeEntryRow {
    @Key(isGenerated: true) var number = 0
    var charge: UUID
    var status: ChargeStatus
    @JSON var amount: Money
    /// In minor units of the amount's currency.
    var fee: Int
    var at: Date
}

extension ChargeEntryRow {
    init(of charge: ChargeRow) {
        self.init(
            charge: charge.id, status: charge.status, amount: charge.amount,
            fee: charge.status == .declined ? 0 : Self.fee(of: charge.amount),
            at: Date())
    }

    /// The fee is 1.5 %, rounded down.
    private static func fee(of amount: Money) -> Int { amount.amount * 15 / 1000 }

    /// The entry as the contract shows it.
    /// - Throws: A `Problem` if the stored fee is not an amount of money.
    var entry: ChargeEntry {
        get throws {
            ChargeEntry(
                number: number, charge: Charge(id: charge, status: status, amount: amount), fee: try Money(fee, amount.currency), at: at)
        }
    }
}

/// How often a charge was asked for, so that a flaky token knows when to work.
@Model("attempts")
struct AttemptRow {
    @Key var id: UUID
    var count: Int
}
