import Foundation
import Roost

/// Manages the carts of customers.
@Contract("carts", access: .signedIn)
public protocol CartsAPI: Sendable {
    /// Returns the caller's cart.
    @Get("/cart")
    func cart(of customer: Principal.Account) async throws -> Cart

    /// Sets the quantity of a product in the caller's cart.
    @Put("/cart/items/{sku}")
    func put(sku: String, _ item: CartQuantity, by customer: Principal.Account) async throws -> Cart

    /// Removes a product from the caller's cart.
    @Delete("/cart/items/{sku}")
    func remove(sku: String, by customer: Principal.Account) async throws

    /// Empties the caller's cart.
    @Delete("/cart")
    func clear(by customer: Principal.Account) async throws

    /// Returns the cart of an account for placing an order, at the prices that the customer was shown.
    @Get("/carts/{account}", access: .services)
    func snapshot(account: UUID) async throws -> CartSnapshot

    /// Removes the items of an account's cart that were ordered at a version. Items that were added or changed later stay.
    @Delete("/carts/{account}", access: .services)
    func checkOut(account: UUID, version: Int) async throws
}
