import CatalogAPI
import Foundation
import Roost
import RoostData

/// Implements the contract of the catalog.
@Service(CatalogAPI.self)
struct Catalog: CatalogAPI {
    let database: Database

    func products(query: String?, category: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Product> {
        let limit = limit ?? .default
        var sql: SQL = "SELECT * FROM products WHERE sku > \(cursor?.key ?? "")"
        if let category { sql = sql + " AND category = \(SearchText.category(category))" }
        for word in try SearchText.words(of: query ?? "") {
            sql = sql + " AND search_text LIKE \(SearchText.containing(word)) ESCAPE '\\'"
        }
        let rows = try await database.query(sql + " ORDER BY sku LIMIT \(limit.count + 1)")
        return Page(try rows.map(Product.init), limit: limit, key: \.sku)
    }

    func product(sku: String) async throws -> Product {
        let rows = try await database.query("SELECT * FROM products WHERE sku = \(sku)")
        guard let row = rows.first else { throw Self.unknown(sku) }
        return try Product(row)
    }

    func put(sku: String, _ details: ProductDetails) async throws -> Product {
        guard sku.unicodeScalars.count <= 100 else {
            throw Problem.invalid([Fault(pointer: "/sku", rule: "length", message: "must have at most 100 characters")])
        }
        _ = try await database.execute(
            """
            INSERT INTO products (sku, name, description, category, price_amount, price_currency, stock, image_url, search_text)
            VALUES (\(sku), \(details.name), \(details.description), \(details.category), \(details.price.amount),
                \(details.price.currency.code), \(details.stock ?? 0), \(details.imageUrl),
                \(SearchText.of(details.name, details.description)))
            ON CONFLICT (sku) DO UPDATE SET name = excluded.name, description = excluded.description, category = excluded.category,
                price_amount = excluded.price_amount, price_currency = excluded.price_currency,
                stock = coalesce(\(details.stock), stock), image_url = excluded.image_url, search_text = excluded.search_text
            """)
        return try await product(sku: sku)
    }

    func changeStock(sku: String, _ change: StockChange) async throws -> Product {
        try await database.transaction { transaction in
            guard let row = try await transaction.query("SELECT * FROM products WHERE sku = \(sku)").first else { throw Self.unknown(sku) }
            var product = try Product(row)
            product.stock += change.delta
            // Returned goods may have raised the stock above the limit of one change, so a reduction is allowed.
            guard product.stock >= 0, product.stock <= 1_000_000_000 || change.delta < 0 else {
                throw Problem(.conflict, "The stock of \(sku) is \(product.stock - change.delta): it cannot change by \(change.delta).")
            }
            _ = try await transaction.execute("UPDATE products SET stock = \(product.stock) WHERE sku = \(sku)")
            return product
        }
    }

    func lookup(_ skus: [String]) async throws -> [Product] {
        guard !skus.isEmpty else { return [] }
        return try await database.query("SELECT * FROM products WHERE sku IN \(Array(skus.prefix(1000)))").map(Product.init)
    }

    func reserve(order: UUID, _ request: ReservationRequest) async throws -> Reservation {
        try await Reservations(database: database).reserve(order, request.items)
    }

    func release(order: UUID) async throws { try await Reservations(database: database).release(order) }

    private static func unknown(_ sku: String) -> Problem { Problem(.notFound, "There is no product \(sku).") }
}
