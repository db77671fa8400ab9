import Foundation
import Money
import Roost

/// An entry in the processor's own record, written when a charge was made, declined or refunded.
@Schema
public struct ChargeEntry {
    /// The entry's number.
    public var number: Int
    /// The charge as it was then.
    public var charge: Charge
    /// What the processor keeps of a captured amount, also if it is refunded later; zero for a declined charge.
    public var fee: Money
    /// When the entry was written.
    public var at: Date
}

/// A part of the processor's own record.
@Schema
public struct ChargeEntries {
    /// The entries, oldest first. The record ends here if there are fewer than the limit.
    public var items: [ChargeEntry]
}
