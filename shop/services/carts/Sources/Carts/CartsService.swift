import AccountsAPI
import CartsAPI
import CatalogAPI
import Roost
import RoostSystem
import ShopCommon

/// The carts service, put together.
public struct CartsService: ServiceDefinition {
    public let name = "carts"
    public let contracts: [any Contract.Type] = [CartsAPIContract.self]

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let catalog = try await host.client(for: CatalogAPIContract.self)
        var service = ServiceAssembly(middleware: host.shopMiddleware(keys: accounts.keys))
        service.serve(CartsAPIContract.self, by: Carts(shelves: CartShelves(store: host.store), catalog: catalog))
        return service
    }
}
