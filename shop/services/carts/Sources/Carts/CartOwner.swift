import Foundation
import Guests
import OrderedCarts
import Roost

/// Whose cart it is.
enum CartOwner: Hashable, Sendable {
    case account(UUID)
    case guest(GuestID)

    /// The key of the cart in the store. Those of guests begin differently and have a digest, so that no cookie leads to an account's cart,
    /// and the store does not tell the cookies.
    var key: String {
        switch self {
        case .account(let id): "cart:\(id.text)"
        case .guest(let id): "guest-cart:\(id.digest)"
        }
    }

    /// The key of the version up to which the cart has been ordered; `nil` for guests, who do not order.
    var mark: String? {
        switch self {
        case .account(let id): OrderedCarts.key(id)
        case .guest: nil
        }
    }
}
