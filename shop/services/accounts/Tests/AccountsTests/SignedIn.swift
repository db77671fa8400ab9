import AccountsAPI
import AccountsTesting
import Roost
import RoostSystemTesting

/// A person who has signed up and signed in.
struct SignedIn {
    let tokens: TokenPair
    let client: any AccountsAPI

    static let credentials = Credentials(email: "ada@example.com", password: "a good password")

    /// Signs up as Ada and signs in.
    static func ada(in system: TestSystem) async throws -> SignedIn {
        let accounts = try await system.client(AccountsAPIContract.self)
        _ = try await accounts.signUp(NewAccount(email: credentials.email, password: credentials.password, name: "Ada"))
        return try await again(in: system)
    }

    /// Signs in to an existing account.
    static func again(in system: TestSystem, _ credentials: Credentials = credentials) async throws -> SignedIn {
        let tokens = try await system.client(AccountsAPIContract.self).signIn(credentials)
        return SignedIn(
            tokens: tokens, client: try await system.client(AccountsAPIContract.self, as: .bearer(tokens.accessToken)))
    }
}
