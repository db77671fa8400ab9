import AccountsAPI
import Foundation
import RoostData

extension Role: SQLValue {}

/// An account as it is stored.
@Model("accounts")
struct AccountRow {
    @Key var id: UUID = .v7()
    @Unique var email: String
    var name: String
    /// The password's Argon2id hash, as a PHC string.
    var password: String
    var role: Role
    var createdAt: Date = Date()

    /// The account as its owner sees it.
    var account: Account { Account(id: id, email: email, name: name, role: role, createdAt: createdAt) }

    /// Returns the account with an email address, or `nil` if there is none.
    static func find(email: String, in database: Database) async throws -> AccountRow? {
        try await database.first(AccountRow.where { $0.email == email })
    }
}
