import Foundation
import Roost

/// A comparison of the books with the processor's own record.
@Schema
public struct Reconciliation {
    /// When the last comparison ended; `null` if there was none yet.
    public var at: Date?
    /// How many entries and payments it compared.
    public var checked: Int
    /// How many payments got their outcome, or their refund, from it.
    public var settled: Int
    /// The differences that it found or that still need somebody, newest first.
    public var differences: [Difference]
    /// The cursor to pass for the next page of differences; `null` on the last one.
    public var next: String?
}

/// Something in which the books and the processor's reports differ.
@Schema
public struct Difference {
    /// The identifier, which is derived from the payment and the kind.
    public var id: UUID
    /// The payment, or the charge of the processor that belongs to no payment; `null` if it concerns the books as a whole.
    public var payment: UUID?
    /// What differs.
    public var kind: DifferenceKind
    /// What was found, for a person.
    public var found: String
    /// What was done about it.
    public var action: String
    /// Whether it still needs somebody.
    public var isOpen: Bool
    /// When it was first found.
    public var foundAt: Date
}

/// What differs between the books and the processor's reports.
@Schema
public enum DifferenceKind: String, Sendable {
    /// A payment that had no outcome for a while got it from the record.
    case unsettled
    /// The processor has a charge that belongs to no payment.
    case unknown
    /// The processor does not have a charge that was captured.
    case missing
    /// The processor charged another amount.
    case amount
    /// A payment's state and the processor's do not fit together.
    case status
    /// A transfer was to be written again with another amount.
    case transfer
    /// An order was to be charged again with another amount.
    case request
    /// A notice came again with other content.
    case notice
    /// The balances are not the sums of the transfers.
    case balance
    /// The payment could not be compared.
    case failure
}
