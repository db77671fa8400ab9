import CatalogAPI
import Foundation
import Roost
import RoostData

/// The products that the first start adds.
struct Seed: Sendable {
    let database: Database

    func plantIfEmpty() async throws {
        let products = try Self.products().map { ProductRow($0) }
        try await database.transaction { transaction in
            guard try await !transaction.exists(ProductRow.all) else { return }
            try await transaction.insert(products, onConflict: .ignore)
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
