import Foundation
import Roost
import RoostStore

/// The carts in the key-value store; each is gone after 30 days without a change.
struct CartShelves: Sendable {
    private static let lifetime = Duration.seconds(30 * 24 * 3600)

    let store: any KeyValueStore

    func cart(of account: UUID) async throws -> StoredCart {
        try await store.get(key(account), as: StoredCart.self) ?? StoredCart()
    }

    /// Changes a cart as one step, whoever else changes it at the same time.
    @discardableResult
    func change<Result>(_ account: UUID, _ body: (inout StoredCart) throws -> Result) async throws -> Result {
        try await store.update(key(account), as: StoredCart.self, ttl: Self.lifetime) { stored in
            var cart = stored ?? StoredCart()
            let result = try body(&cart)
            stored = cart
            return result
        }
    }

    /// Empties a cart, also one that cannot be read, such as one that an older version wrote by rules of its own.
    func clear(_ account: UUID) async throws {
        do {
            try await change(account) { $0.clear() }
        } catch let error as DatabaseError where error.code == .value {
            guard let unreadable = try await store.get(key(account)) else { return }
            try await store.put(key(account), nil, ttl: nil, if: .version(unreadable.version))
        }
    }

    private func key(_ account: UUID) -> String { "cart:\(account.text)" }
}
