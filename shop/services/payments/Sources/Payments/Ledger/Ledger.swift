import Foundation
import Money
import PaymentsAPI
import Roost
import RoostData

/// The double-entry ledger. A transfer moves an amount from one account to another, so the books balance after every transfer.
///
/// Transfers are only added. The balances are sums of transfers, and are written in the same transaction.
struct Ledger: Sendable {
    let database: Database

    /// The result of writing transfers.
    struct Posting: Sendable {
        /// What was added to the balances.
        var sums: [BalanceRow] = []
        /// Transfers that exist already, with another amount or other accounts.
        var differences: [FoundDifference] = []
    }

    /// Writes transfers and changes the balances. A transfer that exists already is not written again.
    /// - Returns: The transfers that exist already with another amount.
    @discardableResult
    func post(_ transfers: [Transfer], in transaction: Transaction) async throws -> [FoundDifference] {
        let posting = try await insert(transfers, in: transaction)
        var batch = Batch()
        Self.add(posting.sums, to: &batch)
        try await transaction.run(batch)
        return posting.differences
    }

    /// Writes transfers. The caller adds the sums to the balances in the same transaction, as its last change: everyone who settles a
    /// payment changes the same few balances, and waits as long as they are locked.
    func insert(_ transfers: [Transfer], in transaction: Transaction) async throws -> Posting {
        var wanted: [UUID: Transfer] = [:], rows: [TransferRow] = [], posting = Posting()
        let now = transaction.clock.now
        for transfer in transfers where transfer.amount.amount > 0 {
            if let first = wanted[transfer.id] {
                if first.amount != transfer.amount { posting.differences.append(Self.difference(transfer, from: "\(first.amount)")) }
                continue
            }
            wanted[transfer.id] = transfer
            rows.append(TransferRow(transfer, at: now))
        }
        guard !rows.isEmpty else { return posting }
        let ids: [UUID] = try await transaction.insert(rows, onConflict: .ignore, returning: { $0.id })
        let written = Set(ids)
        posting.sums = Self.sums(of: rows.filter { written.contains($0.id) && $0.isPosted })
        let known = rows.map(\.id).filter { !written.contains($0) }
        guard !known.isEmpty else { return posting }
        for row in try await transaction.fetch(TransferRow.where { $0.id.isIn(known) }) {
            guard let transfer = wanted[row.id], row.amount != transfer.amount.amount || row.currency != transfer.amount.currency
            else { continue }
            let first = "\(row.amount) \(row.currency.code) in minor units"
            posting.differences.append(Self.difference(transfer, from: first))
        }
        return posting
    }

    /// A transfer that exists already with another amount.
    private static func difference(_ transfer: Transfer, from first: String) -> FoundDifference {
        FoundDifference(
            .transfer, of: transfer.payment, "The \(transfer.kind.rawValue) of \(first) was to be written again as \(transfer.amount).",
            action: "The first transfer stays.")
    }

    /// Adds the change of the balances to a batch.
    static func add(_ sums: [BalanceRow], to batch: inout Batch) {
        let rule = ConflictRule<BalanceRow>.update {
            $0.debits += $1.debits
            $0.credits += $1.credits
        }
        if !sums.isEmpty { batch.insert(sums, onConflict: rule) }
    }

    /// Adds up transfers by account and currency, always in the same order, so that two transactions never wait for each other.
    static func sums(of rows: [TransferRow]) -> [BalanceRow] {
        var sums: [AccountKey: BalanceRow] = [:]
        for row in rows {
            let debit = AccountKey(account: row.debit, currency: row.currency)
            let credit = AccountKey(account: row.credit, currency: row.currency)
            sums[debit, default: debit.empty].debits += row.amount
            sums[credit, default: credit.empty].credits += row.amount
        }
        return sums.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Returns the balance of every account in every currency in use.
    func balances() async throws -> LedgerBalances {
        let (rows, isOff) = try await database.read { snapshot in
            let isOff = DifferenceRow.with(DifferenceRow.id(.balance, of: nil)).where { $0.isOpen == true }
            return (try await snapshot.fetch(BalanceRow.all), try await snapshot.exists(isOff))
        }
        let sums = Dictionary(rows.map { (AccountKey(account: $0.account, currency: $0.currency), $0.debits - $0.credits) }) { $0 + $1 }
        let currencies = rows.isEmpty ? [Currency.euro] : Set(rows.map(\.currency)).sorted { $0.code < $1.code }
        let accounts = currencies.flatMap { currency in
            LedgerAccount.allCases.map { account in
                let sum = sums[AccountKey(account: account, currency: currency)] ?? 0
                return AccountBalance(name: account, balance: LedgerSum(amount: sum, currency: currency))
            }
        }
        let isBalanced = currencies.allSatisfy { currency in
            accounts.lazy.filter { $0.balance.currency == currency }.reduce(0) { $0 + $1.balance.amount } == 0
        }
        return LedgerBalances(balanced: isBalanced && !isOff, accounts: accounts)
    }

    /// Lists transfers, newest first.
    func list(payment: UUID?, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<LedgerTransfer> {
        let rows = TransferRow.all.where(payment) { $0.payment == $1 }.order { $0.number.descending }
        return try await database.fetch(rows.page(limit, after: cursor)).map { try $0.transfer }
    }

    /// Adds up all transfers, and compares the result with the balances.
    /// - Returns: A sentence for each balance that is not the sum of its transfers.
    func faults() async throws -> [String] {
        let (rows, debits, credits) = try await database.read { snapshot in
            let posted = TransferRow.where { $0.isPosted == true }
            return (
                try await snapshot.fetch(BalanceRow.all),
                try await snapshot.fetch(
                    posted.group { ($0.debit, $0.currency) }.select { ($0.debit, $0.currency, $0.amount.sum) }),
                try await snapshot.fetch(
                    posted.group { ($0.credit, $0.currency) }.select { ($0.credit, $0.currency, $0.amount.sum) })
            )
        }
        var sums: [AccountKey: (debits: Int, credits: Int)] = [:]
        for (account, currency, sum) in debits { sums[AccountKey(account: account, currency: currency), default: (0, 0)].debits = sum }
        for (account, currency, sum) in credits { sums[AccountKey(account: account, currency: currency), default: (0, 0)].credits = sum }
        var stored: [AccountKey: (debits: Int, credits: Int)] = [:]
        for row in rows { stored[AccountKey(account: row.account, currency: row.currency)] = (row.debits, row.credits) }
        return Set(sums.keys).union(stored.keys).sorted().compactMap { key in
            let (sum, balance) = (sums[key] ?? (0, 0), stored[key] ?? (0, 0))
            guard sum != balance else { return nil }
            return """
                \(key.account.rawValue) \(key.currency.code) has debits \(balance.debits) and credits \(balance.credits), \
                its transfers \(sum.debits) and \(sum.credits)
                """
        }
    }
}

/// An account in one currency.
private struct AccountKey: Hashable, Comparable {
    let account: LedgerAccount
    let currency: Currency

    var empty: BalanceRow { BalanceRow(account: account, currency: currency, debits: 0, credits: 0) }

    static func < (left: AccountKey, right: AccountKey) -> Bool {
        (left.currency.code, left.account.rawValue) < (right.currency.code, right.account.rawValue)
    }
}
