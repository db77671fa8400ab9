import AccountsAPI
import Foundation
import Roost
import RoostData

/// An account as it is stored in its table.
struct AccountRow: Sendable {
    let account: Account
    /// The password's Argon2id hash, as a PHC string.
    let password: String

    init(account: Account, password: String) {
        self.account = account
        self.password = password
    }

    private init(_ row: ResultRow) throws {
        account = Account(
            id: try row.get("id"), email: try row.get("email"), name: try row.get("name"),
            role: try row.get("role"), createdAt: try row.get("created_at"))
        password = try row.get("password")
    }

    static func find(id: UUID, in database: Database) async throws -> AccountRow? {
        try await database.query("SELECT * FROM accounts WHERE id = \(id)").first.map(AccountRow.init)
    }

    static func find(email: String, in database: Database) async throws -> AccountRow? {
        try await database.query("SELECT * FROM accounts WHERE email = \(email)").first.map(AccountRow.init)
    }

    /// - Throws: A `DatabaseError` with code `uniqueViolation` if the email address is taken.
    func insert(in transaction: Transaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO accounts (id, email, name, password, role, created_at)
            VALUES (\(account.id), \(account.email), \(account.name), \(password), \(account.role.rawValue), \(account.createdAt))
            """)
    }
}
