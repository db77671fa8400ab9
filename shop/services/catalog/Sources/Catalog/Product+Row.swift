import CatalogAPI
import Money
import RoostData

extension Product {
    init(_ row: Row) throws {
        self.init(
            sku: try row.get("sku"), name: try row.get("name"), description: try row.get("description"),
            category: try row.get("category"),
            price: Money(amount: try row.get("price_amount"), currency: try row.get("price_currency")),
            stock: try row.get("stock"), imageUrl: try row.get("image_url"))
    }
}
