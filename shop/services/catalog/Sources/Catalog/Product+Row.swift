import CatalogAPI
import Money
import Roost
import RoostData

extension Product {
    /// Reads a product.
    /// - Throws: A `DatabaseError` if the row is not a product, for example because of an unknown currency.
    init(_ row: ResultRow) throws {
        self.init(
            sku: try row.get("sku"), name: try row.get("name"), description: try row.get("description"),
            category: try row.get("category"),
            price: try row.price, stock: try row.get("stock"), imageUrl: try row.get("image_url"))
    }
}

extension ResultRow {
    fileprivate var price: Money {
        get throws {
            let amount = try get("price_amount", as: Int.self), code = try get("price_currency", as: String.self)
            guard let currency = Currency(code), let price = try? Money(amount, currency) else {
                throw DatabaseError(.column, "the price of \(try get("sku", as: String.self)), \(amount) \(code), is invalid")
            }
            return price
        }
    }
}
