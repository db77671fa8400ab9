import CatalogAPI
import Money
import Roost
import RoostData

/// A product as it is stored.
@Model("products", indexes: [["category", "sku"]])
struct ProductRow {
    @Key var sku: String
    var name: String
    var description: String
    var category: String
    var price: Money
    @Check(.range(0...)) var stock: Int
    var imageUrl: String
    /// What a search compares: the name and the description as `SearchText` folds them; empty if it has yet to be made.
    var searchText = ""

    /// The product as customers see it.
    var product: Product {
        Product(sku: sku, name: name, description: description, category: category, price: price, stock: stock, imageUrl: imageUrl)
    }
}

extension ProductRow {
    init(_ product: Product) {
        self.init(
            sku: product.sku, name: product.name, description: product.description, category: product.category, price: product.price,
            stock: product.stock, imageUrl: product.imageUrl, searchText: SearchText.of(product.name, product.description))
    }
}
