import Foundation
import Roost
import RoostData

/// Whether a notice has an effect.
enum NoticeVerdict: Hashable, Sendable {
    /// It is the first with its identifier, or the report is not a notice.
    case new
    /// It came before.
    case repeated
    /// Another notice came before with the same identifier.
    case forged
}

/// Records the notices of a transaction, and recognizes those that came before.
struct NoticeScreen: Sendable {
    /// The digests of the notices that came before.
    private var known: [UUID: String] = [:]

    /// - Parameters:
    ///   - notices: The notices of the transaction.
    ///   - date: The current time.
    ///   - transaction: The transaction in which they have their effect.
    init(_ notices: [NoticeIdentity], at date: Date, in transaction: Transaction) async throws {
        guard !notices.isEmpty else { return }
        let first = Dictionary(notices.map { ($0.id, $0.digest) }) { digest, _ in digest }
        let rows = first.sorted { $0.key < $1.key }.map { NoticeRow(id: $0.key, digest: $0.value, receivedAt: date) }
        let added: [UUID] = try await transaction.insert(rows, onConflict: .ignore, returning: { $0.id })
        let present = rows.map(\.id).filter { !added.contains($0) }
        guard !present.isEmpty else { return }
        for row in try await transaction.fetch(NoticeRow.where { $0.id.isIn(present) }) { known[row.id] = row.digest }
    }

    /// Returns whether a notice has an effect.
    /// - Parameters:
    ///   - notice: The notice; `nil` for another report.
    ///   - index: The position of its report.
    ///   - reports: All reports of the transaction, of which one may be the same notice.
    func verdict(on notice: NoticeIdentity?, at index: Int, of reports: [ProcessorReport]) -> NoticeVerdict {
        guard let notice else { return .new }
        let earlier = known[notice.id] ?? reports[..<index].lazy.compactMap(\.notice).first { $0.id == notice.id }?.digest
        guard let earlier else { return .new }
        return earlier == notice.digest ? .repeated : .forged
    }
}
