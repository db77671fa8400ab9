public import Foundation
import Roost
public import RoostStore

/// Up to which version the content of each account's cart has been ordered, in the store that all services share.
///
/// The orders service notes it as soon as an order is placed, without a call to the carts service, which leaves out what was ordered
/// whenever it reads a cart. This only decides what a customer is shown: what may be ordered is decided in the orders service's own
/// database.
public struct OrderedCarts: Sendable {
    /// Longer than an idle cart is kept.
    private static let lifetime = Duration.seconds(60 * 24 * 3600)

    /// The name of the store that the two services share. It holds the carts too, so that one command reads both.
    public static let space = "carts"

    private let store: any KeyValueStore

    /// Creates a view of the store.
    /// - Parameter store: The store that holds the carts.
    public init(store: any KeyValueStore) { self.store = store }

    /// Notes that the content of an account's cart at a version has been ordered. A later version that was noted before stays: the process
    /// that notes this one may have been held up, and what was ordered since must not come back.
    /// - Throws: Whatever the store throws.
    public func note(_ version: Int, of account: UUID) async throws {
        try await store.update(Self.key(account), as: Int.self, ttl: Self.lifetime) { $0 = max($0 ?? version, version) }
    }

    /// The key of an account's entry in the store.
    public static func key(_ account: UUID) -> String { "ordered-cart:\(account.text)" }
}
