import CatalogAPI
import Guests
import Money
import Roost

/// The products that a customer is about to buy, at current prices.
@Schema
public struct Cart {
    /// The products, with their quantities and prices.
    public var items: [CartItem]
    /// The sum of all lines.
    public var total: Money
}

/// A product in a cart.
@Schema
public struct CartItem {
    /// The product's number.
    public var sku: String
    /// The product's name.
    public var name: String
    /// How many of the product are in the cart.
    public var quantity: Int
    /// The price of one.
    public var unitPrice: Money
    /// The price of all.
    public var lineTotal: Money
}

/// The number of a product to put in a cart.
@Schema
public struct CartQuantity {
    /// The new quantity, which replaces the previous one.
    @Check(.range(Quantity.range)) public var quantity: Int
}

/// The state of a cart when an order is placed.
@Schema
public struct CartSnapshot {
    /// The content of the cart.
    public var cart: Cart
    /// Increases with each change of the cart.
    public var version: Int
    /// The version at which its oldest item was added or changed. If the account already has an order at this version or later, that order
    /// includes the item.
    public var since: Int?
}

/// Whose cart is to be merged.
@Schema
public struct GuestCart {
    /// The guest.
    public var guest: GuestID
}
