import Foundation
import RoostAuth
import RoostData

/// The key that signs access tokens. It is generated at the first start and stored.
struct SigningKeys: Sendable {
    let database: Database

    func current() async throws -> SigningKey {
        let pem = try await database.transaction { transaction in
            if let row = try await transaction.query("SELECT pem FROM signing_keys ORDER BY created_at LIMIT 1").first {
                return try row.get("pem", as: String.self)
            }
            let pem = SigningKey.generate().pem
            _ = try await transaction.execute("INSERT INTO signing_keys (pem, created_at) VALUES (\(pem), \(Date()))")
            return pem
        }
        return try SigningKey(pem: pem)
    }
}
