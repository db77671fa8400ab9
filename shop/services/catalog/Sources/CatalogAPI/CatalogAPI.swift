import Foundation
import Roost

/// Manages products and their stock.
@Contract("catalog")
public protocol CatalogAPI: Sendable {
    /// Lists products by their number, optionally only those that match a search text or belong to a category.
    @Get("/products")
    func products(query: String?, category: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Product>

    /// Returns a product.
    @Get("/products/{sku}")
    func product(sku: String) async throws -> Product

    /// Adds a product or changes an existing one.
    @Put("/products/{sku}", access: .role("admin"))
    func put(sku: String, _ details: ProductDetails) async throws -> Product

    /// Increases or reduces the stock of a product.
    @Patch("/products/{sku}/stock", access: .role("admin"))
    func changeStock(sku: String, _ change: StockChange) async throws -> Product

    /// Returns the products with these numbers, without those that do not exist.
    @Post("/products/lookup", access: .services)
    func lookup(_ skus: [String]) async throws -> [Product]

    /// Reserves all products of an order, or none. If it is repeated for the same order, it returns the first result.
    @Put("/reservations/{order}", access: .services)
    func reserve(order: UUID, _ request: ReservationRequest) async throws -> Reservation

    /// Releases the products that are reserved for an order. If it is repeated, it changes nothing.
    @Delete("/reservations/{order}", access: .services)
    func release(order: UUID) async throws
}
