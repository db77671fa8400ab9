import Money
import Roost

/// Something that can be bought.
@Schema
public struct Product {
    public var sku: String
    public var name: String
    public var description: String
    public var category: String
    public var price: Money
    /// How many can be sold now: those that no order holds.
    public var stock: Int
    public var imageUrl: String
}

/// What an administrator says of a product.
@Schema
public struct ProductDetails {
    @Check(.line(1...200)) public var name: String
    @Check(.length(...4000)) public var description: String
    @Check(.identifier(1...100)) public var category: String
    public var price: Money
    /// How many there are; of a product that exists, its stock stays where this is left out.
    @Check(.range(0...1_000_000_000)) public var stock: Int?
    @Check(.line(1...500)) public var imageUrl: String
}

/// Goods that came in, or were lost.
@Schema
public struct StockChange {
    @Check(.range(-1_000_000_000...1_000_000_000)) public var delta: Int
}
