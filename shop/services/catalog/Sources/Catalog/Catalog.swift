import CatalogAPI
import Foundation
import Roost
import RoostData
import ShopCommon

/// Implements the contract of the catalog.
@Service(CatalogAPI.self)
struct Catalog: CatalogAPI {
    let database: Database

    func products(query: String?, category: String?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Product> {
        var products = ProductRow.all.where(category) { $0.category == SearchText.category($1) }
        for word in try SearchText.words(of: query ?? "") { products = products.where { $0.searchText.contains(word) } }
        return try await database.fetch(products.page(limit ?? .default, after: cursor)).map(\.product)
    }

    func product(sku: String) async throws -> Product {
        guard let row = try await database.find(ProductRow.self, sku) else { throw Self.unknown(sku) }
        return row.product
    }

    func put(sku: String, _ details: ProductDetails) async throws -> Product {
        guard sku.unicodeScalars.count <= 100 else {
            throw Problem.invalid([Fault(pointer: "/sku", rule: "length", message: "must have at most 100 characters")])
        }
        let row = ProductRow(
            sku: sku, name: details.name, description: details.description, category: details.category, price: details.price,
            stock: details.stock ?? 0, imageUrl: details.imageUrl, searchText: SearchText.of(details.name, details.description))
        try await database.insert(row, onConflict: details.stock == nil ? .replaceRow { $0.stock } : .replaceRow)
        return try await product(sku: sku)
    }

    func changeStock(sku: String, _ change: StockChange) async throws -> Product {
        try await database.transaction { transaction in
            guard var product = try await transaction.first(ProductRow.with(sku).locked())?.product else { throw Self.unknown(sku) }
            product.stock += change.delta
            // Returned goods may have raised the stock above the limit of one change, so a reduction is allowed.
            guard product.stock >= 0, product.stock <= 1_000_000_000 || change.delta < 0 else {
                throw Problem(.conflict, "The stock of \(sku) is \(product.stock - change.delta): it cannot change by \(change.delta).")
            }
            try await transaction.run(ProductRow.with(sku).update { $0.stock.set(product.stock) })
            return product
        }
    }

    func lookup(_ skus: [String]) async throws -> [Product] {
        guard !skus.isEmpty else { return [] }
        return try await database.fetch(ProductRow.where { $0.sku.isIn(skus.prefix(1000)) }).map(\.product)
    }

    func reserve(order: UUID, _ request: ReservationRequest) async throws -> Reservation {
        let reservation = try await Reservations(database: database).reserve(order, request.items)
        ShopPlace.goodsReserved.reach()
        return reservation
    }

    func release(order: UUID) async throws {
        try await Reservations(database: database).release(order)
        ShopPlace.goodsReleased.reach()
    }

    private static func unknown(_ sku: String) -> Problem { Problem(.notFound, "There is no product \(sku).") }
}
