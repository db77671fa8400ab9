import Foundation
import Money
import ProcessorAPI
import Roost
import RoostData
import RoostWork

/// The charges of the processor. A charge, its entry in the record and its notice are written together.
struct Charges: Sendable {
    let database: Database
    /// The notices for the merchant.
    let notices: WorkQueue<ChargeNotice>

    func find(_ id: UUID) async throws -> ChargeRow? { try await database.find(ChargeRow.self, id) }

    /// Writes a charge, unless there is already one with this identifier, which is then returned.
    func settle(_ id: UUID, _ request: ChargeRequest, as status: ChargeStatus) async throws -> Charge {
        let row = ChargeRow(id: id, status: status, amount: request.amount, token: request.token)
        return try await database.transaction { transaction in
            if try await transaction.insert(row, onConflict: .ignore) {
                try await record(row, in: transaction)
                return row.charge
            }
            guard let existing = try await transaction.find(ChargeRow.self, id) else {
                throw Problem(.internalError, "The charge was not written.")
            }
            return existing.charge
        }
    }

    func refund(_ id: UUID) async throws -> Charge? {
        try await database.transaction { transaction in
            let refund = ChargeRow.with(id).where { $0.status == .captured }.update { $0.status.set(.refunded) }
            guard let row = try await transaction.run(refund.returningRows()).first else {
                return try await transaction.find(ChargeRow.self, id)?.charge
            }
            try await record(row, in: transaction)
            return row.charge
        }
    }

    /// Counts a request for a charge.
    /// - Returns: The number of requests so far.
    func countAttempt(_ id: UUID) async throws -> Int {
        let counts = try await database.insert(
            [AttemptRow(id: id, count: 1)], onConflict: .update { old, _ in old.count += 1 }, returning: { $0.count })
        return counts.first ?? 1
    }

    /// Returns entries of the record, oldest first.
    func entries(after number: Int, limit: Int) async throws -> [ChargeEntry] {
        let rows = ChargeEntryRow.where { $0.number > number }.order { $0.number }.limit(limit)
        return try await database.fetch(rows).map { try $0.entry }
    }

    /// Returns the newest entry for a charge.
    func entry(of id: UUID) async throws -> ChargeEntry? {
        try await database.first(ChargeEntryRow.where { $0.charge == id }.order { $0.number.descending })?.entry
    }

    private func record(_ charge: ChargeRow, in transaction: Transaction) async throws {
        try await transaction.insert(ChargeEntryRow(of: charge))
        let notice = ChargeNotice(chargeId: charge.id, status: charge.status, id: .v7(), amount: charge.amount)
        try await notices.add(notice, key: charge.id.text, in: transaction)
    }
}
