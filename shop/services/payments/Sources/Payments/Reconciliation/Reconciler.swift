import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostStore

/// Compares the books with the processor's own record, and settles what they lack.
///
/// It reads the record from a little before the place where it last stopped, because entries can appear late, and then searches the record for the
/// payments that it has not found there. Both end in the same settlements as the processor's answers and notices. One process does this at a time.
actor Reconciler {
    /// The setting for the time between two comparisons, in seconds.
    static let interval = Setting(
        "RECONCILE_SECONDS", allowed: 1...86_400, default: 15,
        purpose: "How many seconds after a comparison with the processor's record the next one begins.")

    /// The limits of one comparison. What is left over is for the next one.
    enum Bounds {
        /// The largest number of pages of the record that are read, and their size.
        static let pages = 20, pageSize = PageLimit(parameter: "100") ?? .default
        /// The largest number of payments that are searched for.
        static let searches = 200
        /// How many entries before the last one are read again: a late one is among them unless so many others overtook it.
        static let overlap = 500
        /// How long a comparison may take.
        static let time = Duration.seconds(60)
        /// The interval at which each process adds up all transfers and deletes old rows, beside the times at which it is asked to.
        static let housekeeping = Duration.seconds(3600)
        /// How long notices and closed differences are kept, in seconds: longer than the processor repeats a notice.
        static let memory: TimeInterval = 30 * 86_400
    }

    let settlements: Settlements
    let processor: Merchant
    /// The store with the lock that lets one process compare at a time.
    let store: any Store
    /// The entries, from `Bounds.overlap` before the stored position on, that this process has compared. After a restart, they are compared again.
    private var seen: Set<Int> = []
    private var nextHousekeeping = ContinuousClock.now

    init(settlements: Settlements, processor: Merchant, store: any Store) {
        self.settlements = settlements
        self.processor = processor
        self.store = store
    }

    /// Compares again and again until it is cancelled.
    /// - Parameter interval: The time between two comparisons. The first one begins within this time, so that replicas take turns.
    func run(every interval: Duration) async throws {
        var pause = interval * Double.random(in: 0.1...1)
        while true {
            try await Task.sleep(for: pause)
            pause = interval
            do {
                if try await !reconcile(isThorough: nextHousekeeping <= .now, waiting: .zero) { pause = .zero }
            } catch let problem as Problem where problem.status == .unavailable {
                RequestContext.currentLogger.info("the processor's record was not compared: \(problem)")
            } catch {
                RequestContext.currentLogger.warning("the processor's record could not be compared", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Compares once.
    /// - Parameters:
    ///   - isThorough: Whether to add up all transfers, too.
    ///   - limit: How long to wait for another process that is comparing.
    /// - Returns: Whether the end of the record was reached.
    /// - Throws: A `Problem` with status 503 if the processor does not answer, or another process goes on comparing.
    @discardableResult
    func reconcile(isThorough: Bool = true, waiting limit: Duration = .seconds(10)) async throws -> Bool {
        try await RequestContext.currentOrNew.run(within: Bounds.time) {
            try await self.store.withLock("reconciliation", by: ContinuousClock.now + limit) { _ in try await self.compare(isThorough) }
        }
    }

    /// Returns the last comparison, with a page of its differences.
    func last(limit: PageLimit, after cursor: PageCursor?) async throws -> Reconciliation {
        let row = try await database.find(ReconciliationRow.self, Self.record)
        let page = try await settlements.differences.list(since: row?.startedAt ?? .distantFuture, limit: limit, after: cursor)
        return Reconciliation(
            at: row?.endedAt, checked: row?.checked ?? 0, settled: row?.settled ?? 0, differences: page.items, next: page.next)
    }

    private static let record = "processor"
    private var database: Database { settlements.database }

    private func compare(_ isThorough: Bool) async throws -> Bool {
        let stored = try await database.find(ReconciliationRow.self, Self.record)
        var run = stored ?? ReconciliationRow(record: Self.record, startedAt: database.clock.now)
        run.startedAt = database.clock.now
        (run.checked, run.settled) = (0, 0)
        let isAtEnd = try await readRecord(&run)
        try await search(&run)
        run.endedAt = database.clock.now
        try await database.insert(run, onConflict: .replaceRow)
        if isThorough { try await keepHouse(at: run.startedAt) }
        return isAtEnd
    }

    /// Deletes old rows, and adds up all transfers.
    private func keepHouse(at now: Date) async throws {
        // Also if it fails, because it takes long in a large ledger.
        nextHousekeeping = .now + Bounds.housekeeping
        try await prune(at: now)
        try await checkBalances()
    }

    /// Settles what the record has from the stored position on.
    /// - Returns: Whether its end was reached.
    private func readRecord(_ run: inout ReconciliationRow) async throws -> Bool {
        var position = max(0, run.position - Bounds.overlap)
        seen = seen.filter { $0 > position }
        for _ in 1...Bounds.pages {
            let entries = try await processor.entries(after: position, limit: Bounds.pageSize)
            try await settle(entries.filter { !seen.contains($0.number) }, in: &run)
            guard let last = entries.last else { return true }
            seen.formUnion(entries.map(\.number))
            position = last.number
            if position > run.position {
                run.position = position
                try await advance(run)
            }
            if entries.count < Bounds.pageSize.count { return true }
        }
        return false
    }

    /// Records how far the record was compared, so that a comparison that is interrupted goes on there.
    private func advance(_ run: ReconciliationRow) async throws {
        var new = ReconciliationRow(record: Self.record, startedAt: run.startedAt)
        (new.position, new.searchedTo) = (run.position, run.searchedTo)
        try await database.insert(new, onConflict: .replace { ($0.position, $0.searchedTo) })
    }

    private func settle(_ entries: [ChargeEntry], in run: inout ReconciliationRow) async throws {
        if entries.isEmpty { return }
        run.checked += entries.count
        let reports = entries.map { ProcessorReport($0) }
        do {
            try await finish(reports, settlements.settle(reports), in: &run)
        } catch  where !Task.isCancelled {
            for report in reports { try await settleAlone(report, in: &run) }
        }
    }

    /// Settles one entry of several that could not be settled together. If it is the reason, the others are settled without it.
    private func settleAlone(_ report: ProcessorReport, in run: inout ReconciliationRow) async throws {
        do {
            try await finish([report], settlements.settle([report]), in: &run)
        } catch {
            let isNewer = (error as? DatabaseError)?.code == .unknownValue
            guard isNewer || FailureKind(of: error) == .permanent && !Task.isCancelled else { throw error }
            let found =
                isNewer ? "Only a newer version knows the payment's state." : "It cannot be settled: \(FailureKind.reason(of: error))"
            try await settlements.differences.write([FoundDifference(.failure, of: report.payment, found, action: "It is left as it is.")])
        }
    }

    /// Counts what was settled, and has the processor refund what it captured for payments that had ended without it.
    private func finish(_ reports: [ProcessorReport], _ results: [Settlement], in run: inout ReconciliationRow) async throws {
        run.settled += results.lazy.filter(\.isChanged).count
        let refunded = Set(reports.lazy.filter { $0.status == .refunded }.map(\.payment))
        for (report, result) in zip(reports, results) where result.owesRefund && !refunded.contains(report.payment) {
            do {
                _ = try await settlements.settle([ProcessorReport(try await processor.refund(report.payment))])
            } catch {
                // The payment remains one of those that are searched for, so this is tried again.
                RequestContext.currentLogger.warning(
                    "payment \(report.payment.text) is not refunded yet", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Searches the record for payments that have an outcome and were not met there.
    private func search(_ run: inout ReconciliationRow) async throws {
        let end = database.clock.now - Settlements.patience
        let rows = try await database.fetch(
            PaymentRow.where { $0.isReconciled == false && $0.status != .pending && $0.createdAt < end }.skippingUnknown()
                .where(run.searchedTo) { $0.id > $1 }.order { $0.id }.limit(Bounds.searches))
        for row in rows {
            do {
                try await search(for: row, &run)
            } catch let error where !Task.isCancelled && (error as? Problem)?.status != .unavailable {
                // The other payments do not wait for it. It is searched for again in the next round.
                RequestContext.currentLogger.error(
                    "payment \(row.id.text) cannot be compared with the processor's record", metadata: ["cause": "\(error)"])
            }
            run.searchedTo = row.id
            try await advance(run)
        }
        if rows.count < Bounds.searches { run.searchedTo = nil }
    }

    private func search(for row: PaymentRow, _ run: inout ReconciliationRow) async throws {
        guard let entry = try await processor.entry(row.id) else {
            run.checked += 1
            return try await miss(row)
        }
        try await settle([entry], in: &run)
    }

    /// Records that the processor has no charge for a payment.
    private func miss(_ row: PaymentRow) async throws {
        guard row.status.wasCaptured else {
            // The processor refused the charge, so its record does not contain it.
            try await database.run(PaymentRow.with(row.id).where { $0.status == row.status }.update { $0.isReconciled.set(true) })
            return
        }
        let found = "The payment of \(row.amount) is \(row.status.rawValue), and the processor has no charge for it."
        try await settlements.differences.write([
            FoundDifference(.missing, of: row.id, found, action: "Ask the processor about the charge.")
        ])
    }

    private func checkBalances() async throws {
        let faults = try await settlements.ledger.faults(), differences = settlements.differences
        guard faults.isEmpty else {
            let text = faults.joined(separator: "; ")
            let action = "Compare the transfers with the balances; see docs/ledger.md."
            return try await differences.write([FoundDifference(.balance, of: nil, "\(text).", action: action)])
        }
        try await database.transaction { try await differences.close([DifferenceRow.id(.balance, of: nil)], in: $0) }
    }

    /// Deletes what is no longer needed, in portions.
    private func prune(at now: Date) async throws {
        let old = now - Bounds.memory
        while try await database.run(NoticeRow.where { $0.receivedAt < old }.limit(1000).delete()) == 1000 {}
        while try await settlements.differences.prune(before: old) == 1000 {}
    }
}
