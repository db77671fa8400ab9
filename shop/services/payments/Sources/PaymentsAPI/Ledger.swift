import Foundation
import Money
import Roost

/// An account of the ledger.
@Schema
public enum LedgerAccount: String, Sendable, CaseIterable {
    /// What the processor has taken from customers, and not paid out yet by its own record.
    case clearing
    /// What customers have paid that is neither a sale yet nor given back yet.
    case payables
    /// What was sold.
    case sales
    /// What was sold and is given back.
    case refunds
    /// What the processor keeps for its work.
    case fees
    /// What the processor has paid out.
    case bank
    /// Money that does not belong to a sale, until a person finds out why it was charged.
    case suspense
}

/// The sum of an account in one currency, debits less credits. The sums of all accounts in a currency add up to zero.
@Schema
public struct LedgerSum: Equatable {
    /// The amount in minor units of the currency: positive if the account's debits are larger, negative if its credits are.
    public var amount: Int
    /// The currency, as an ISO 4217 code.
    public var currency: Currency
}

/// An account and its balance in one currency.
@Schema
public struct AccountBalance: Equatable {
    /// The account.
    public var name: LedgerAccount
    /// Its balance.
    public var balance: LedgerSum
}

/// The balances of all accounts.
@Schema
public struct LedgerBalances {
    /// Whether debits and credits are equal in every currency, and the last comparison of balances and transfers found no difference.
    public var balanced: Bool
    /// Each account once for each currency in use.
    public var accounts: [AccountBalance]
}

/// Why money is transferred between two accounts. A payment has at most one transfer of each kind.
@Schema
public enum TransferKind: String, Sendable, CaseIterable {
    /// The processor is asked to charge a card: a pending transfer, which changes no balance.
    case authorization
    /// The card was charged: posts the authorization.
    case capture
    /// The card was not charged: voids the authorization.
    case decline
    /// The captured amount is a sale.
    case sale
    /// The sale is taken back.
    case refund
    /// The processor has given the amount back to the customer.
    case repayment
    /// The processor keeps its fee.
    case fee
    /// The processor pays out what it has captured, less its fee.
    case payout
    /// The processor takes back what it has paid out, because the charge was refunded.
    case payoutReversal
    /// What was expected did not come, but another amount did.
    case shortfall
    /// Undoes the shortfall, because the charge was refunded.
    case shortfallReversal
    /// Money came that nobody expected.
    case unexpected
    /// The unexpected money was given back.
    case unexpectedReversal
}

/// An amount that moves from one account to another. It is never changed: a correction is another transfer.
@Schema
public struct LedgerTransfer {
    /// The identifier, which is derived from the payment and the kind.
    public var id: UUID
    /// The payment, or the charge of the processor that belongs to no payment.
    public var payment: UUID
    /// Why the amount moves.
    public var kind: TransferKind
    /// The account that receives the amount.
    public var debit: LedgerAccount
    /// The account that gives the amount.
    public var credit: LedgerAccount
    /// The amount.
    public var amount: Money
    /// The pending transfer that this one posts or voids.
    public var pendingId: UUID?
    /// When the transfer was written.
    public var createdAt: Date
}
