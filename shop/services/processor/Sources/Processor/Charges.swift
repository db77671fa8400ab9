import Foundation
import Money
import ProcessorAPI
import Roost
import RoostData
import RoostWork

/// The charges of the processor. A charge and its notice are written together.
struct Charges: Sendable {
    let database: Database
    /// The notices for the merchant.
    let notices: WorkQueue<ChargeNotice>

    func find(_ id: UUID) async throws -> Charge? {
        try await database.query("SELECT * FROM charges WHERE id = \(id)").first.map(Charge.init)
    }

    /// Returns the token of a charge.
    func token(of id: UUID) async throws -> String? {
        try await database.query("SELECT token FROM charges WHERE id = \(id)").first?.get("token")
    }

    /// Writes a charge, unless there is already one with this identifier, which is then returned.
    func settle(_ id: UUID, _ request: ChargeRequest, as status: ChargeStatus) async throws -> Charge {
        try await database.transaction { transaction in
            let added = try await transaction.execute(
                """
                INSERT INTO charges (id, status, amount, token)
                VALUES (\(id), \(status.rawValue), \(json: request.amount), \(request.token)) ON CONFLICT (id) DO NOTHING
                """)
            let charge = try await Self.existing(id, in: transaction)
            if added == 1 { try await notify(charge, in: transaction) }
            return charge
        }
    }

    func refund(_ id: UUID) async throws -> Charge? {
        try await database.transaction { transaction in
            let changed = try await transaction.execute(
                "UPDATE charges SET status = \(ChargeStatus.refunded.rawValue) WHERE id = \(id) AND status = \(ChargeStatus.captured.rawValue)"
            )
            guard let row = try await transaction.query("SELECT * FROM charges WHERE id = \(id)").first else { return nil }
            let charge = try Charge(row)
            if changed == 1 { try await notify(charge, in: transaction) }
            return charge
        }
    }

    /// Counts a request for a charge.
    /// - Returns: The number of requests so far.
    func countAttempt(_ id: UUID) async throws -> Int {
        try await database.transaction { transaction in
            _ = try await transaction.execute(
                "INSERT INTO attempts (id, count) VALUES (\(id), 1) ON CONFLICT (id) DO UPDATE SET count = count + 1")
            return try await transaction.query("SELECT count FROM attempts WHERE id = \(id)").first?.get("count") ?? 1
        }
    }

    private static func existing(_ id: UUID, in transaction: Transaction) async throws -> Charge {
        guard let row = try await transaction.query("SELECT * FROM charges WHERE id = \(id)").first else {
            throw Problem(.internalError, "The charge was not written.")
        }
        return try Charge(row)
    }

    private func notify(_ charge: Charge, in transaction: Transaction) async throws {
        try await notices.add(ChargeNotice(chargeId: charge.id, status: charge.status), key: charge.id.text, in: transaction)
    }
}

extension Charge {
    fileprivate init(_ row: ResultRow) throws {
        self.init(id: try row.get("id"), status: try row.get("status"), amount: try row.get(json: "amount"))
    }
}
