import CoreMetrics
import Foundation
import PaymentsAPI
import Roost
import RoostData

/// A difference between the books and the processor's reports, as it was found.
struct FoundDifference: Sendable {
    let kind: DifferenceKind
    let payment: UUID?
    let found: String
    let action: String
    /// Whether a person must deal with it.
    let isOpen: Bool

    init(_ kind: DifferenceKind, of payment: UUID?, _ found: String, action: String, isOpen: Bool = true) {
        self.kind = kind
        self.payment = payment
        self.found = found
        self.action = action
        self.isOpen = isOpen
    }

    var id: UUID { DifferenceRow.id(kind, of: payment) }
}

/// The differences that were found, one for each payment and kind.
struct Differences: Sendable {
    let database: Database

    /// Writes differences. One that was found before gets the new description.
    /// - Returns: Those that were not open before, which are to be logged after the commit.
    func write(_ found: [FoundDifference], in transaction: Transaction) async throws -> [FoundDifference] {
        guard !found.isEmpty else { return [] }
        let last = Dictionary(found.map { ($0.id, $0) }) { $1 }.values.sorted { $0.id < $1.id }, now = transaction.clock.now
        let rows = last.map {
            DifferenceRow(
                id: $0.id, payment: $0.payment, kind: $0.kind, found: FailureKind.reason($0.found), action: $0.action, isOpen: $0.isOpen,
                foundAt: now, seenAt: now)
        }
        let open = try await transaction.fetch(DifferenceRow.where { $0.id.isIn(rows.map(\.id)) && $0.isOpen == true }).map(\.id)
        try await transaction.insert(rows, onConflict: .replaceRow(except: { $0.foundAt }))
        return last.filter { !open.contains($0.id) }
    }

    /// Writes differences in a transaction of their own, and alerts to them.
    func write(_ found: [FoundDifference]) async throws {
        guard !found.isEmpty else { return }
        alert(try await database.transaction { try await write(found, in: $0) })
    }

    /// Closes differences that were resolved.
    func close(_ ids: [UUID], in transaction: Transaction) async throws {
        if ids.isEmpty { return }
        try await transaction.run(DifferenceRow.where { $0.id.isIn(ids) && $0.isOpen == true }.update { $0.isOpen.set(false) })
    }

    /// Logs differences, and counts those that a person must deal with, which are logged as errors.
    func alert(_ differences: [FoundDifference]) {
        for difference in differences {
            let subject = difference.payment.map { "payment \($0.text)" } ?? "the books"
            RequestContext.currentLogger.log(
                level: difference.isOpen ? .error : .warning, "\(subject): \(difference.found) \(difference.action)",
                metadata: ["difference": "\(difference.kind.rawValue)"])
            guard difference.isOpen else { continue }
            Counter(label: "payments.ledger.alarms", dimensions: [("kind", difference.kind.rawValue)]).increment()
        }
    }

    /// Lists the differences that are open or were seen since a time, newest first.
    func list(since date: Date, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Difference> {
        let rows = DifferenceRow.where { $0.isOpen == true || $0.seenAt >= date }.skippingUnknown()
        let page = rows.order { ($0.foundAt.descending, $0.id.descending) }.page(limit, after: cursor)
        return try await database.fetch(page).map(\.difference)
    }

    /// Deletes at most 1000 differences that are closed and were last seen before a time.
    /// - Returns: The number of differences that were deleted.
    func prune(before date: Date) async throws -> Int {
        try await database.run(DifferenceRow.where { $0.isOpen == false && $0.seenAt < date }.limit(1000).delete())
    }
}
