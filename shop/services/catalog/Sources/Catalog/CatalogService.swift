import AccountsAPI
import CatalogAPI
import Foundation
import Roost
import RoostData
import RoostSystem
import ShopCommon

/// The catalog service, put together.
public struct CatalogService: ServiceDefinition {
    public let name = "catalog"

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let database = try await host.database(migrations: .inside(.module))
        try await Seed(database: database).plantIfEmpty()
        try await SearchText.complete(in: database)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Catalog(database: database)
    }
}
