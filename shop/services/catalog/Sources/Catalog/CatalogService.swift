import AccountsAPI
import CatalogAPI
import Foundation
import Roost
import RoostData
import RoostSystem
import ShopCommon

/// The definition of the catalog service.
public struct CatalogService: ServiceDefinition {
    /// The service's name: `catalog`.
    public let name = "catalog"
    /// The products, and what orders have reserved of them.
    public let database = DatabaseDefinition(.module, models: [ProductRow.self, ReservationRow.self])

    /// Creates the definition.
    public init() {}

    /// Opens the database, adds the first products if it is empty, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let database = try await host.database()
        try await Seed(database: database).plantIfEmpty()
        try await SearchText.complete(in: database)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Catalog(database: database)
    }
}
