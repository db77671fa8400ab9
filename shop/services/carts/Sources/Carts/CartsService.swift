import AccountsAPI
import CartsAPI
import CatalogAPI
import Roost
import RoostSystem
import ShopCommon

/// The carts service, put together.
public struct CartsService: ServiceDefinition {
    public let name = "carts"

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let catalog = try await host.client(for: CatalogAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Carts(shelves: CartShelves(store: host.store), catalog: catalog)
    }
}
