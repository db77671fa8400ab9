import AccountsAPI
import Foundation
import Roost
import RoostAuth
import RoostData

/// The account that is created at the first start, so that someone can manage the shop.
struct Administrator: Sendable {
    static let email = "admin@shop.example"

    let database: Database
    let hasher: PasswordHasher
    /// Shows the password, at any log level.
    let announce: @Sendable (String) -> Void

    /// `ADMIN_PASSWORD`.
    static let password = Setting<String?>(
        "ADMIN_PASSWORD", allowed: "10 to 128 characters", described: "random, shown once", isSecret: true,
        purpose: "The administrator's password, at the first start."
    ) { text in
        (10...128).contains(PasswordProfile.prepare(text)?.unicodeScalars.count ?? 0) ? text : nil
    }

    /// Creates the account if it does not exist.
    /// - Parameter given: Its password. If it is `nil`, a random password is generated and shown once.
    func ensure(password given: String?) async throws {
        guard try await AccountRow.find(email: Self.email, in: database) == nil else { return }
        let password = given ?? Secret.random(bytes: 15)
        let row = AccountRow(
            email: Self.email, name: "Administrator", password: try await hasher.hash(password), role: .admin)
        do {
            try await database.insert(row)
        } catch let error as DatabaseError where error.code == .uniqueViolation {
            // Another replica that started at the same time has created it.
            return
        }
        if given == nil { announce("the administrator \(Self.email) was created with the password \(password)") }
    }
}
