import Foundation
import Guests
import OrderedCarts
import Roost
import RoostStore

/// The carts in the key-value store. A cart expires 30 days after its last change.
struct CartRepository: Sendable {
    private static let lifetime = GuestCookie.lifetime

    let store: any KeyValueStore

    /// A cart, and up to which version it has been ordered.
    struct Held {
        /// Without what was ordered.
        let cart: StoredCart
        /// Whether the store has an entry for the cart.
        let isStored: Bool
        fileprivate let ordered: Int
    }

    /// Returns a cart, without what was ordered. A guest's cart that an account has taken over is empty.
    func cart(of owner: CartOwner) async throws -> Held {
        let keys = [owner.key] + [owner.mark].compactMap(\.self)
        let found = try await store.get(keys)
        let ordered = try keys.count > 1 ? found[1]?.decoded(as: Int.self, of: keys[1]) ?? 0 : 0
        let stored = try found[0]?.decoded(as: StoredCart.self, of: keys[0]) ?? StoredCart()
        let cart = stored.heir == nil ? stored.without(ordered: ordered) : StoredCart()
        return Held(cart: cart, isStored: found[0] != nil, ordered: ordered)
    }

    /// Changes a cart as one step, whoever else changes it at the same time.
    /// - Parameter held: The cart as it was read.
    /// - Throws: `CartIsTaken` if it is a guest's, and an account has taken it over.
    @discardableResult
    func change<Result>(_ owner: CartOwner, _ held: Held, _ body: (inout StoredCart) throws -> Result) async throws -> Result {
        try await store.update(owner.key, as: StoredCart.self, ttl: Self.lifetime) { stored in
            if stored?.heir != nil { throw CartIsTaken() }
            var cart = (stored ?? StoredCart()).without(ordered: held.ordered)
            let result = try body(&cart)
            stored = cart
            return result
        }
    }

    /// Empties an account's cart, even one that cannot be decoded, for example because an older version wrote it by different rules.
    func clear(_ account: UUID) async throws {
        let owner = CartOwner.account(account)
        do {
            try await change(owner, try await cart(of: owner)) { $0.clear() }
        } catch let error as DatabaseError where error.code == .value {
            guard let unreadable = try await store.getLatest(owner.key) else { return }
            try await store.put(owner.key, nil, ttl: nil, if: .version(unreadable.version))
        }
    }

    /// Removes a guest's cart, even one that cannot be decoded, unless another account than this one has taken it over.
    func remove(_ guest: GuestID, for account: UUID? = nil) async throws {
        let key = CartOwner.guest(guest).key
        guard let stored = try await store.getLatest(key) else { return }
        let heir = (try? stored.decoded(as: StoredCart.self, of: key))?.heir
        if let heir, heir.account != account { return }
        try await store.put(key, nil, ttl: nil, if: .version(stored.version))
    }
}

/// An account has taken over the guest's cart.
struct CartIsTaken: Error {}

/// The store changes one cart at a time, so a guest's cart becomes an account's in three steps. Each can be repeated by anyone, so it does
/// not matter who is interrupted, or how many do it at once.
extension CartRepository {
    /// Adds a guest's cart to that of an account, and removes it. Does nothing if there is no such cart, or another account has taken it.
    func merge(_ guest: GuestID, into account: UUID) async throws {
        let source = CartOwner.guest(guest), target = CartOwner.account(account)
        guard let cart = try await take(source, for: account), let heir = cart.heir else { return }
        try await change(target, try await self.cart(of: target)) { $0.add(cart, by: heir.merge) }
        try await store.update(source.key, as: StoredCart.self, ttl: Self.lifetime) { stored in
            // After the cart was removed, the guest may have begun another one.
            if stored?.heir == heir { stored = nil }
        }
    }

    /// Adds a guest's cart to that of the account that has taken it over, if this was interrupted.
    func finishMerge(of guest: GuestID) async throws {
        if let heir = try await readable(.guest(guest))?.heir { try await merge(guest, into: heir.account) }
    }

    /// Makes an account the heir of a guest's cart, which nobody changes from then on.
    /// - Returns: The cart; `nil` if there is none, or it has another heir.
    private func take(_ guest: CartOwner, for account: UUID) async throws -> StoredCart? {
        // Nothing is written for a cookie that belongs to no cart, or to one with another heir.
        guard let found = try await readable(guest), found.heir.map({ $0.account == account }) ?? true else { return nil }
        return try await store.update(guest.key, as: StoredCart.self, ttl: Self.lifetime) { stored in
            if stored?.heir == nil { stored?.heir = CartHeir(account: account, merge: .v7()) }
            return stored?.heir?.account == account ? stored : nil
        }
    }

    /// Returns a stored cart, or `nil` if there is none that can be decoded.
    private func readable(_ owner: CartOwner) async throws -> StoredCart? {
        do {
            return try await store.get(owner.key, as: StoredCart.self)
        } catch let error as DatabaseError where error.code == .value {
            return nil
        }
    }
}
