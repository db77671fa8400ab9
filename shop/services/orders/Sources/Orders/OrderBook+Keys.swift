import Foundation
import OrdersAPI
import Roost
import RoostData

/// What the database knows that concerns an account's next order.
struct Beforehand: Sendable {
    /// The account's latest order, and when it was placed.
    let latest: (order: UUID, at: Date)?
    /// What was answered under the same key.
    fileprivate let answered: Answered?

    fileprivate enum Answered: Sendable {
        case order(OrderEntry, digest: String?)
        case refusal(Refusal, digest: String?)
    }

    /// Returns the order that was placed under the key, as it was answered then; `nil` if nothing was answered under it yet.
    /// - Throws: The `Problem` that was answered; one with status 422 if the key was used with another request.
    func answer(to request: NewOrder, under key: RequestKey?) throws -> Order? {
        switch answered {
        case nil: return nil
        case .order(let entry, let digest):
            // What was placed before requests had digests is known by its content.
            guard digest.map({ $0 == key?.digest }) ?? entry.isAsked(by: request) else { throw RequestKey.isTaken }
            return entry.order
        case .refusal(let refusal, let digest):
            guard digest == key?.digest else { throw RequestKey.isTaken }
            throw refusal.problem
        }
    }
}

extension OrderRepository {
    /// How long a refusal is told again, in seconds.
    private static let memory = 24.0 * 3600
    /// The most refusals that are forgotten when another is kept.
    private static let sweep = 100

    /// Returns what there is before an account's next order, under a key or none.
    func beforehand(of account: UUID, under key: RequestKey?) async throws -> Beforehand {
        let row = try await database.first(
            """
            SELECT cart_claims.order_id AS latest_order, cart_claims.claimed_at AS latest_at, refused_requests.refusal,
                refused_requests.request_digest AS refused_digest, orders.*
            FROM (SELECT CAST(\(account) AS TEXT) AS asking) AS asking
            LEFT JOIN cart_claims ON cart_claims.account_id = asking
            LEFT JOIN orders ON orders.account_id = asking AND orders.idempotency_key = \(key?.text)
            LEFT JOIN refused_requests ON refused_requests.account_id = asking AND refused_requests.idempotency_key = \(key?.text)
                AND refused_requests.refused_at > \(Date().addingTimeInterval(-Self.memory))
            """)
        guard let row else { return Beforehand(latest: nil, answered: nil) }
        let order: UUID? = try row.get("latest_order"), date: Date? = try row.get("latest_at")
        return Beforehand(latest: order.flatMap { order in date.map { (order, $0) } }, answered: try Self.answered(row))
    }

    private static func answered(_ row: ResultRow) throws -> Beforehand.Answered? {
        if try row.get("id", as: UUID?.self) != nil {
            return .order(try OrderEntry(placed: row), digest: try row.get("request_digest"))
        }
        guard let text = try row.get("refusal", as: String?.self) else { return nil }
        return .refusal(try JSON.decode(Refusal.self, from: Array(text.utf8)), digest: try row.get("refused_digest"))
    }

    /// Keeps what a request under a key was refused for, so that the same request is refused in the same way.
    func keep(_ refusal: Refusal, of account: UUID, under key: RequestKey) async throws {
        let now = Date(), end = now.addingTimeInterval(-Self.memory)
        try await database.transaction { transaction in
            try await transaction.execute(
                """
                DELETE FROM refused_requests WHERE (account_id, idempotency_key) IN
                (SELECT account_id, idempotency_key FROM refused_requests WHERE refused_at <= \(end) LIMIT \(Self.sweep))
                """)
            try await transaction.execute(
                """
                INSERT INTO refused_requests (account_id, idempotency_key, request_digest, refusal, refused_at)
                VALUES (\(account), \(key.text), \(key.digest), \(json: refusal), \(now)) ON CONFLICT DO NOTHING
                """)
        }
    }
}

extension OrderEntry {
    /// The order as it was when it was placed.
    fileprivate init(placed row: ResultRow) throws {
        let date: Date = try row.get("created_at")
        let entry = try OrderEntry(row, history: [OrderStep(status: .pending, at: date)])
        self = entry.placed
    }
}
