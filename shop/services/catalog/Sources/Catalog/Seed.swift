import CatalogAPI
import Foundation
import Roost
import RoostData

/// The products that the first start adds.
struct Seed: Sendable {
    let database: Database

    func plantIfEmpty() async throws {
        let products = try Self.products()
        try await database.transaction { transaction in
            guard try await transaction.query("SELECT 1 FROM products LIMIT 1").isEmpty else { return }
            for product in products {
                _ = try await transaction.execute(
                    """
                    INSERT INTO products (sku, name, description, category, price_amount, price_currency, stock, image_url)
                    VALUES (\(product.sku), \(product.name), \(product.description), \(product.category), \(product.price.amount),
                        \(product.price.currency.code), \(product.stock), \(product.imageUrl))
                    """)
            }
        }
    }

    static func products() throws -> [Product] {
        let file = Bundle.module.bundleURL.appendingPathComponent("Resources/products.json")
        do {
            return try JSON.decode([Product].self, from: Array(try Data(contentsOf: file)))
        } catch let failure as DecodingFailure {
            throw ConfigurationError("products.json: \(failure.problem)")
        }
    }
}
