import CatalogAPI
import Money
import Roost

/// What a customer means to buy, at the prices of the moment.
@Schema
public struct Cart {
    public var items: [CartItem]
    public var total: Money
}

@Schema
public struct CartItem {
    public var sku: String
    public var name: String
    public var quantity: Int
    public var unitPrice: Money
    public var lineTotal: Money
}

/// How many of a product the cart shall hold.
@Schema
public struct CartQuantity {
    @Check(.range(Quantity.range)) public var quantity: Int
}

/// A cart as an order takes it.
@Schema
public struct CartSnapshot {
    public var cart: Cart
    /// Grows with each change of the cart.
    public var version: Int
    /// The version at which the oldest of its items was put in or changed: an order of the account at this version or later has it already.
    public var since: Int?
}
