public import CartsAPI
public import Roost

/// The functions for tests in which the customer is signed in, so that they need not pass a guest.
extension CartsAPI {
    /// Returns the cart of an account.
    public func cart(of customer: Principal.Account) async throws -> Cart { try await cart(of: customer, guest: nil) }

    /// Sets the quantity of a product in the cart of an account.
    public func put(sku: String, _ item: CartQuantity, by customer: Principal.Account) async throws -> Cart {
        try await put(sku: sku, item, by: customer, guest: nil)
    }

    /// Removes a product from the cart of an account.
    public func remove(sku: String, by customer: Principal.Account) async throws {
        try await remove(sku: sku, by: customer, guest: nil)
    }

    /// Empties the cart of an account.
    public func clear(by customer: Principal.Account) async throws { try await clear(by: customer, guest: nil) }
}
