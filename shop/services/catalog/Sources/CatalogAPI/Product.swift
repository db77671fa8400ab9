import Money
import Roost

/// A product of the shop.
@Schema
public struct Product {
    /// The product's number (stock-keeping unit).
    public var sku: String
    /// The product's name.
    public var name: String
    /// The description for customers.
    public var description: String
    /// The identifier of the product's category, such as `tea`.
    public var category: String
    /// The price of one.
    public var price: Money
    /// How many can be sold now, not counting those that are reserved for orders.
    public var stock: Int
    /// The address of the product's picture, absolute or relative to the shop.
    public var imageUrl: String
}

/// The properties of a product that an administrator sets.
@Schema
public struct ProductDetails {
    /// The product's name.
    @Check(.line(1...200)) public var name: String
    /// The description for customers.
    @Check(.length(...4000)) public var description: String
    /// The identifier of the product's category, such as `tea`.
    @Check(.identifier(1...100)) public var category: String
    /// The price of one.
    public var price: Money
    /// How many there are. If it is left out, an existing product keeps its stock.
    @Check(.range(0...1_000_000_000)) public var stock: Int?
    /// The address of the product's picture, absolute or relative to the shop.
    @Check(.line(1...500)) public var imageUrl: String
}

/// A change of a product's stock.
@Schema
public struct StockChange {
    /// How many were added, or lost if negative.
    @Check(.range(-1_000_000_000...1_000_000_000)) public var delta: Int
}
