import AccountsAPI
import CartsAPI
import CatalogAPI
import OrderedCarts
import Roost
import RoostSystem
import ShopCommon

/// Assembles the carts service.
public struct CartsService: ServiceDefinition {
    /// The service's name: `carts`.
    public let name = "carts"

    /// The service's settings: how many guests from one address can begin a cart.
    public let settings: [any SettingDeclaration] = [NewGuestLimit.setting]

    /// Creates the definition.
    public init() {}

    /// Connects to the catalog and the store, and returns the implementation.
    /// - Throws: A `ConfigurationError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let catalog = try await host.client(for: CatalogAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Carts(
            repository: CartRepository(store: host.sharedStore(OrderedCarts.space)), catalog: catalog, cookie: host.guestCookie,
            newGuests: NewGuestLimit(guests: try host[NewGuestLimit.setting], store: host.store))
    }
}
