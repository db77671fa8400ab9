import CartsAPI
import Foundation
import Guests
import Roost
import RoostSystem
import ShopCommon

/// Gives the cart of a guest who signs in to the account.
struct GuestCarts: Sendable {
    /// How long a sign-in waits for the carts service.
    private static let limit = Duration.seconds(2)

    /// The carts service, or `nil` if the system has none.
    private let carts: (any CartsAPI)?
    private let cookie: GuestCookie

    /// Connects to the carts service, if it is known where that is.
    init(on host: ServiceHost) async throws {
        do {
            carts = try await host.client(for: CartsAPIContract.self, interceptors: [DeadlineInterceptor(limit: Self.limit)])
        } catch is ConfigurationError {
            host.logger.warning("The carts service is unknown, so guests who sign in keep their carts as guests.")
            carts = nil
        }
        cookie = host.guestCookie
    }

    /// Adds a guest's cart to that of an account, and removes the cookie. If this fails, the guest is signed in nevertheless: the cookie
    /// stays, and the carts service merges the carts at the account's next request for its cart.
    func hand(_ guest: GuestID, to account: UUID) async {
        guard let carts else { return }
        do {
            try await carts.merge(GuestCart(guest: guest), account: account)
            try cookie.remove()
        } catch {
            let context = RequestContext.currentOrNew
            context.logger.warning(
                "the cart of a guest who signed in is not merged yet", metadata: context.logMetadata(["cause": "\(error)"]))
        }
    }
}
