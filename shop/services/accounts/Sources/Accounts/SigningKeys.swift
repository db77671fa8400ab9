import Foundation
import RoostAuth
import RoostData

/// The key that signs access tokens. It is generated at the first start and stored.
struct SigningKeys: Sendable {
    let database: Database

    func current() async throws -> SigningKey {
        let row = try await database.transaction(.serializable) { transaction in
            if let row = try await transaction.first(SigningKeyRow.all.order { $0.createdAt }) { return row }
            let row = SigningKeyRow(pem: SigningKey.generate().pem)
            try await transaction.insert(row)
            return row
        }
        return try SigningKey(pem: row.pem)
    }
}

/// A key as it is stored.
@Model("signing_keys")
struct SigningKeyRow {
    @Key var pem: String
    var createdAt: Date = Date()
}
