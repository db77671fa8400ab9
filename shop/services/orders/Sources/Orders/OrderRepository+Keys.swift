import Foundation
import OrdersAPI
import Roost
import RoostData

/// What the database knows about an account before its next order.
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
            // An order from before requests had digests is recognized by its content.
            guard digest.map({ $0 == key?.digest }) ?? entry.isAsked(by: request) else { throw RequestKey.isTaken }
            return entry.order
        case .refusal(let refusal, let digest):
            guard digest == key?.digest else { throw RequestKey.isTaken }
            throw refusal.problem
        }
    }
}

extension OrderRepository {
    /// How long a refusal is repeated, in seconds.
    private static let memory = 24.0 * 3600
    /// The largest number of expired refusals that are deleted when another one is stored.
    private static let sweep = 100

    /// Returns what there is before an account's next order, under a key or none.
    func beforehand(of account: UUID, under key: RequestKey?) async throws -> Beforehand {
        let end = Date().addingTimeInterval(-Self.memory)
        return try await database.read { snapshot in
            let claim = try await snapshot.find(CartClaimRow.self, account)
            let latest = claim.map { (order: $0.orderId, at: $0.claimedAt) }
            guard let key else { return Beforehand(latest: latest, answered: nil) }
            let order = OrderRow.where { $0.accountId == account && $0.idempotencyKey == key.text }
            if let row = try await snapshot.first(order) {
                return Beforehand(latest: latest, answered: .order(OrderEntry(row, history: []).placed, digest: row.requestDigest))
            }
            let refusal = RefusedRequestRow.where {
                $0.accountId == account && $0.idempotencyKey == key.text && $0.refusedAt > end
            }
            let row = try await snapshot.first(refusal)
            return Beforehand(latest: latest, answered: row.map { .refusal($0.refusal, digest: $0.requestDigest) })
        }
    }

    /// Stores why a request under a key was refused, so that the same request is refused in the same way.
    func keep(_ refusal: Refusal, of account: UUID, under key: RequestKey) async throws {
        let now = Date(), end = now.addingTimeInterval(-Self.memory)
        let row = RefusedRequestRow(
            accountId: account, idempotencyKey: key.text, requestDigest: key.digest, refusal: refusal, refusedAt: now)
        try await database.transaction { transaction in
            try await transaction.run(RefusedRequestRow.where { $0.refusedAt <= end }.limit(Self.sweep).locked(.skipLocked).delete())
            // An expired one may still be there.
            try await transaction.insert(row, onConflict: .replaceRow.where { old, _ in old.refusedAt <= end })
        }
    }
}
