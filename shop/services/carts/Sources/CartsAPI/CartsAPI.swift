import Foundation
import Guests
import Roost

/// Manages the carts of customers and of guests.
///
/// A guest is known by the cookie `guest`, which the first change of a cart sets. The cart of a guest who signs in is added to the account's:
/// quantities of the same product add up.
@Contract("carts", access: .anyone)
public protocol CartsAPI: Sendable {
    /// Returns the caller's cart.
    @Get("/cart", cookies: ["guest": "guest"], problems: [.conflict, .unprocessable])
    func cart(of customer: Principal.Account?, guest: GuestID?) async throws -> Cart

    /// Sets the quantity of a product in the caller's cart.
    ///
    /// A limited number of guests from one address can begin a cart in an hour. Further ones get a 429, whose `Retry-After` is the longest
    /// wait.
    @Put("/cart/items/{sku}", cookies: ["guest": "guest"], problems: [.conflict, .tooManyRequests])
    func put(sku: String, _ item: CartQuantity, by customer: Principal.Account?, guest: GuestID?) async throws -> Cart

    /// Removes a product from the caller's cart.
    @Delete("/cart/items/{sku}", cookies: ["guest": "guest"])
    func remove(sku: String, by customer: Principal.Account?, guest: GuestID?) async throws

    /// Empties the caller's cart.
    @Delete("/cart", cookies: ["guest": "guest"])
    func clear(by customer: Principal.Account?, guest: GuestID?) async throws

    /// Returns the cart of an account for placing an order, at the prices that the customer was shown.
    @Get("/carts/{account}", access: .services)
    func snapshot(account: UUID) async throws -> CartSnapshot

    /// Removes the items of an account's cart that were ordered at a version. Items that were added or changed later stay.
    @Delete("/carts/{account}", access: .services)
    func checkOut(account: UUID, version: Int) async throws

    /// Adds a guest's cart to that of an account, and removes it. Repeating this adds nothing more.
    @Put("/carts/{account}/guest", access: .services)
    func merge(_ guest: GuestCart, account: UUID) async throws
}
