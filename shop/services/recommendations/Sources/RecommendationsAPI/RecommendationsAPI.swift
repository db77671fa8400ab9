import CatalogAPI
import Roost

/// Recommends products.
@Contract("recommendations")
public protocol RecommendationsAPI: Sendable {
    /// Lists the products that are bought together with a product most often.
    @Get("/products/{sku}/recommendations")
    func recommendations(sku: String) async throws -> RecommendedProducts
}

/// Products that are recommended.
@Schema
public struct RecommendedProducts {
    /// The products, the best first. There are none if nothing is known yet.
    public var items: [Product]
}
