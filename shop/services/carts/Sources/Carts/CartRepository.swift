import Foundation
import OrderedCarts
import Roost
import RoostStore

/// The carts in the key-value store. A cart expires 30 days after its last change.
struct CartRepository: Sendable {
    private static let lifetime = Duration.seconds(30 * 24 * 3600)

    let store: any KeyValueStore

    /// A cart, and up to which version it has been ordered.
    struct Held {
        /// Without what was ordered.
        let cart: StoredCart
        fileprivate let ordered: Int
    }

    /// Returns an account's cart, without what was ordered.
    func cart(of account: UUID) async throws -> Held {
        let key = key(account), mark = OrderedCarts.key(account)
        let found = try await store.get([key, mark])
        let ordered = try found[1]?.decoded(as: Int.self, of: mark) ?? 0
        let stored = try found[0]?.decoded(as: StoredCart.self, of: key) ?? StoredCart()
        return Held(cart: stored.without(ordered: ordered), ordered: ordered)
    }

    /// Changes a cart as one step, whoever else changes it at the same time.
    /// - Parameter held: The cart as it was read.
    @discardableResult
    func change<Result>(_ account: UUID, _ held: Held, _ body: (inout StoredCart) throws -> Result) async throws -> Result {
        try await store.update(key(account), as: StoredCart.self, ttl: Self.lifetime) { stored in
            var cart = (stored ?? StoredCart()).without(ordered: held.ordered)
            let result = try body(&cart)
            stored = cart
            return result
        }
    }

    /// Empties a cart, even one that cannot be decoded, for example because an older version wrote it by different rules.
    func clear(_ account: UUID) async throws {
        do {
            try await change(account, try await cart(of: account)) { $0.clear() }
        } catch let error as DatabaseError where error.code == .value {
            guard let unreadable = try await store.get(key(account)) else { return }
            try await store.put(key(account), nil, ttl: nil, if: .version(unreadable.version))
        }
    }

    private func key(_ account: UUID) -> String { "cart:\(account.text)" }
}
