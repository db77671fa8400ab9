import Foundation
import PaymentsAPI
import Roost
import RoostData

/// The result of settling a report of the processor.
struct Settlement: Sendable {
    /// The payment after the report; `nil` if there is none.
    var payment: PaymentRow?
    /// Whether the report has changed the payment's state.
    var isChanged = false
    /// Whether the processor has captured an amount that it must refund.
    var owesRefund = false
    /// Whether the report is a notice with the identifier of another one.
    var isForged = false
}

/// Settles payments: writes their outcomes together with the transfers, in one transaction. Everything that the processor says comes through
/// here.
///
/// Every settlement takes locks in the same order: payments by their identifiers, notices, transfers, differences, balances.
struct Settlements: Sendable {
    /// How long a payment may wait for its outcome before it counts as left behind.
    static let patience: TimeInterval = 30

    let database: Database
    let ledger: Ledger
    let differences: Differences

    /// Settles what the processor reports, all or nothing.
    /// - Parameter reports: At most a few hundred reports.
    /// - Returns: A settlement for each report.
    /// - Throws: A `DatabaseError` with the code `.unknownValue` if only a newer version knows the state of one of the payments.
    func settle(_ reports: [ProcessorReport]) async throws -> [Settlement] {
        let (settlements, found) = try await database.transaction { try await settle(reports, in: $0) }
        differences.alert(found)
        return settlements
    }

    private func settle(
        _ reports: [ProcessorReport], in transaction: Transaction
    ) async throws -> (settlements: [Settlement], found: [FoundDifference]) {
        let ids = Set(reports.map(\.payment))
        let rows = try await transaction.fetch(PaymentRow.where { $0.id.isIn(ids) }.order { $0.id }.locked())
        var group = SettlementGroup(rows, at: transaction.clock.now)
        let known = Set(rows.map(\.id))
        let notices = try await NoticeScreen(
            reports.compactMap { known.contains($0.payment) ? $0.notice : nil }, at: group.now, in: transaction)
        for (index, report) in reports.enumerated() { group.settle(report, notices.verdict(on: report.notice, at: index, of: reports)) }
        let posting = try await ledger.insert(group.transfers, in: transaction)
        try await differences.close(group.resolved, in: transaction)
        let found = try await differences.write(group.differences + posting.differences, in: transaction)
        var batch = Batch()
        group.addChanges(to: &batch)
        Ledger.add(posting.sums, to: &batch)
        try await transaction.run(batch)
        return (group.settlements, found)
    }
}

/// The payments of a transaction, and what its reports change.
private struct SettlementGroup {
    let now: Date
    private(set) var settlements: [Settlement] = []
    private(set) var transfers: [Transfer] = []
    private(set) var differences: [FoundDifference] = []
    private(set) var resolved: [UUID] = []
    private var rows: [UUID: PaymentRow] = [:]
    private var changed: Set<UUID> = []

    init(_ rows: [PaymentRow], at now: Date) {
        self.now = now
        for row in rows { self.rows[row.id] = row }
    }

    mutating func settle(_ report: ProcessorReport, _ verdict: NoticeVerdict) {
        let before = rows[report.payment]
        var settlement = Settlement(payment: before)
        defer { settlements.append(settlement) }
        guard verdict == .new, before != nil || report.isRecorded else {
            settlement.isForged = verdict == .forged
            // Whoever settled it first may not have learned that this is owed. To refund a charge again has no effect.
            if verdict == .repeated, before != nil { settlement.owesRefund = SettlementPlan(for: report, of: before).owesRefund }
            if settlement.isForged {
                differences.append(
                    FoundDifference(
                        .notice, of: report.payment, "A notice has come with the identifier of another one.", action: "It was refused."))
            }
            return
        }
        let plan = SettlementPlan(for: report, of: before)
        let resolved = plan.resolved.map { DifferenceRow.id($0, of: report.payment) }
        transfers += plan.transfers
        differences = differences.filter { !resolved.contains($0.id) } + plan.differences
        self.resolved += resolved
        settlement.owesRefund = plan.owesRefund
        guard var row = before, let status = plan.status else { return }
        settlement.isChanged = row.status != status
        let isReconciled = report.isRecorded ? plan.isReconciled : row.isReconciled && !settlement.isChanged
        if settlement.isChanged || isReconciled != row.isReconciled || !row.token.isEmpty { changed.insert(row.id) }
        if settlement.isChanged, report.isRecorded, row.createdAt < now - Settlements.patience { note(row, now: status) }
        row.status = status
        row.isReconciled = isReconciled
        row.token = ""
        rows[row.id] = row
        settlement.payment = row
    }

    private mutating func note(_ row: PaymentRow, now status: PaymentStatus) {
        differences.append(
            FoundDifference(
                .unsettled, of: row.id, "The payment was \(row.status.rawValue).", action: "It is \(status.rawValue) now.", isOpen: false))
    }

    /// Adds the changes of the payments: one statement for those that change alike.
    func addChanges(to batch: inout Batch) {
        let alike = Dictionary(grouping: changed.compactMap { rows[$0] }) { [$0.status.rawValue, "\($0.isReconciled)"] }
        for group in alike.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).map(\.value) {
            guard let first = group.first else { continue }
            let ids = group.map(\.id)
            batch.run(
                PaymentRow.where { $0.id.isIn(ids) }.update {
                    $0.status.set(first.status)
                    $0.isReconciled.set(first.isReconciled)
                    $0.token.set("")
                })
        }
    }
}
