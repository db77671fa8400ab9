import Foundation
import ProcessorAPI
import Roost
import RoostData

/// A notice that the merchant has not taken yet.
struct Notice {
    let number: Int64
    let body: String
    /// How often it was sent.
    let attempts: Int

    fileprivate init(_ row: Row) throws {
        (number, body, attempts) = (try row.get("number"), try row.get("body"), try row.get("attempts"))
    }
}

/// The notices that the merchant has not taken yet, and those that it will never take.
struct NoticeQueue: Sendable {
    let database: Database

    /// How many refused notices are kept.
    private static let refusedLimit = 10_000

    static func add(_ notice: ChargeNotice, in transaction: Transaction) async throws {
        try await transaction.execute("INSERT INTO notices (charge, body) VALUES (\(notice.chargeId), \(json: notice))")
    }

    /// The oldest notice that was not sent yet, and stands behind none of its charge.
    func next() async throws -> Notice? { try await notices(where: "attempts = 0", order: "number", limit: 1).first }

    /// The notices that are to be sent again now.
    func due(limit: Int) async throws -> [Notice] {
        try await notices(where: "attempts > 0 AND due_at <= \(Date())", order: "due_at", limit: limit)
    }

    private func notices(where condition: SQL, order: SQL, limit: Int) async throws -> [Notice] {
        try await database.query(
            """
            SELECT * FROM notices AS notice WHERE refusal IS NULL AND \(condition) AND NOT EXISTS (
                SELECT 1 FROM notices AS earlier
                WHERE earlier.refusal IS NULL AND earlier.charge = notice.charge AND earlier.number < notice.number
            ) ORDER BY \(order) LIMIT \(limit)
            """
        ).map(Notice.init)
    }

    func remove(_ notice: Notice) async throws {
        try await database.execute("DELETE FROM notices WHERE number = \(notice.number)")
    }

    func postpone(_ notice: Notice, to due: Date) async throws {
        try await database.execute("UPDATE notices SET attempts = attempts + 1, due_at = \(due) WHERE number = \(notice.number)")
    }

    /// Sends a notice no more, and keeps it with the reason.
    func refuse(_ notice: Notice, because reason: String) async throws {
        try await database.transaction { transaction in
            try await transaction.execute(
                "UPDATE notices SET attempts = attempts + 1, refusal = \(reason) WHERE number = \(notice.number)")
            try await transaction.execute(
                """
                DELETE FROM notices WHERE number IN
                (SELECT number FROM notices WHERE refusal IS NOT NULL ORDER BY number DESC LIMIT -1 OFFSET \(Self.refusedLimit))
                """)
        }
    }
}
