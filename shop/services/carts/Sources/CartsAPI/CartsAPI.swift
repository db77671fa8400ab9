import Foundation
import Roost

/// Keeps what customers mean to buy.
@Contract("carts", access: .signedIn)
public protocol CartsAPI: Sendable {
    /// The caller's cart.
    @Get("/cart")
    func cart() async throws -> Cart

    /// Has the cart hold so many of a product.
    @Put("/cart/items/{sku}")
    func put(sku: String, _ item: CartQuantity) async throws -> Cart

    /// Takes a product out of the cart.
    @Delete("/cart/items/{sku}")
    func remove(sku: String) async throws

    /// Empties the cart.
    @Delete("/cart")
    func clear() async throws

    /// An account's cart, for an order, at the prices that the customer was shown.
    @Get("/carts/{account}", access: .services)
    func snapshot(account: UUID) async throws -> CartSnapshot

    /// Takes out of an account's cart what was ordered at a version. What was put in or changed later stays.
    @Delete("/carts/{account}", access: .services)
    func checkOut(account: UUID, version: Int) async throws
}
