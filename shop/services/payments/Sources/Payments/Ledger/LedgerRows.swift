import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData

extension LedgerAccount: SQLValue {}
extension TransferKind: SQLValue {}
extension DifferenceKind: SQLValue {}

/// A transfer as it is stored. Triggers refuse to change or delete it.
@Model("ledger_transfers", indexes: [["payment", "number"]])
struct TransferRow {
    @Key(isGenerated: true) var number = 0
    @Unique var id: UUID
    var payment: UUID
    var kind: TransferKind
    var debit: LedgerAccount
    var credit: LedgerAccount
    @Check(.range(1...Money.limit)) var amount: Int
    var currency: Currency
    var isPosted: Bool
    var pendingId: UUID?
    var createdAt: Date
}

extension TransferRow {
    init(_ transfer: Transfer, at date: Date) {
        let accounts = transfer.kind.accounts
        self.init(
            id: transfer.id, payment: transfer.payment, kind: transfer.kind, debit: accounts.debit, credit: accounts.credit,
            amount: transfer.amount.amount, currency: transfer.amount.currency, isPosted: transfer.kind.isPosted,
            pendingId: transfer.pendingID, createdAt: date)
    }

    /// The transfer as the contract shows it.
    /// - Throws: A `Problem` if the stored amount is not an amount of money.
    var transfer: LedgerTransfer {
        get throws {
            LedgerTransfer(
                id: id, payment: payment, kind: kind, debit: debit, credit: credit, amount: try Money(amount, currency),
                pendingId: pendingId, createdAt: createdAt)
        }
    }
}

/// The sums of an account's posted transfers in one currency, written in the transaction of each transfer.
@Model("ledger_balances")
struct BalanceRow {
    @Key var account: LedgerAccount
    @Key var currency: Currency
    var debits: Int
    var credits: Int
}

/// A difference between the books and the processor's reports.
@Model("ledger_differences", indexes: [["foundAt", "id"]])
struct DifferenceRow {
    @Key var id: UUID
    var payment: UUID?
    var kind: DifferenceKind
    var found: String
    var action: String
    var isOpen: Bool
    var foundAt: Date
    @Indexed var seenAt: Date

    /// The identifier of a payment's difference of a kind.
    static func id(_ kind: DifferenceKind, of payment: UUID?) -> UUID {
        UUID(nameOf: "difference/\(kind.rawValue)/\(payment?.text ?? "")")
    }

    /// The difference as the contract shows it.
    var difference: Difference {
        Difference(id: id, payment: payment, kind: kind, found: found, action: action, isOpen: isOpen, foundAt: foundAt)
    }
}

/// A notice that was received, kept so that it has no effect when it comes again.
@Model("webhook_notices")
struct NoticeRow {
    @Key var id: UUID
    /// The SHA-256 digest of the body.
    var digest: String
    @Indexed var receivedAt: Date
}

/// How far the books were compared with the processor's record.
@Model("reconciliations")
struct ReconciliationRow {
    /// The record: `processor`.
    @Key var record: String
    /// The number of the newest entry that was compared.
    var position = 0
    /// The last payment that the record was searched for; `nil` if all of them were.
    var searchedTo: UUID?
    var startedAt: Date
    var endedAt: Date?
    var checked = 0
    var settled = 0
}
