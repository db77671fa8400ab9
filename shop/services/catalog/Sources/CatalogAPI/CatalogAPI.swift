import Foundation
import Roost

/// Knows what can be bought, and how much of it there is.
@Contract("catalog")
public protocol CatalogAPI: Sendable {
    /// Products by their number, those that match a search or a category where one is given.
    @Get("/products")
    func products(query: String?, category: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Product>

    /// A product.
    @Get("/products/{sku}")
    func product(sku: String) async throws -> Product

    /// Adds a product or changes what is said of it.
    @Put("/products/{sku}", access: .role("admin"))
    func put(sku: String, _ details: ProductDetails) async throws -> Product

    /// Adds to a product's stock or takes from it.
    @Patch("/products/{sku}/stock", access: .role("admin"))
    func changeStock(sku: String, _ change: StockChange) async throws -> Product

    /// The products of these numbers, as far as there are any.
    @Post("/products/lookup", access: .services)
    func lookup(_ skus: [String]) async throws -> [Product]

    /// Holds an order's goods: all or none. Asked again for the same order, it gives the first answer.
    @Put("/reservations/{order}", access: .services)
    func reserve(order: UUID, _ request: ReservationRequest) async throws -> Reservation

    /// Puts an order's goods back. Asked again, it changes nothing.
    @Delete("/reservations/{order}", access: .services)
    func release(order: UUID) async throws
}
