import AccountsAPI
import Foundation
import Roost
import RoostAuth
import RoostData
import RoostSystem
import ShopCommon

/// Assembles the accounts service.
public struct AccountsService: ServiceDefinition {
    /// The service's name: `accounts`.
    public let name = "accounts"
    /// The accounts, their sessions, and the keys that sign tokens.
    public let database = DatabaseDefinition(.module, models: [AccountRow.self, SessionRow.self, SigningKeyRow.self])
    /// The administrator's password.
    public let settings: [any SettingDeclaration] = [Administrator.password]

    /// Creates the definition.
    public init() {}

    /// Opens the database, makes sure that there is an administrator and a signing key, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let database = try await host.database()
        let key = try await SigningKeys(database: database).current()
        let hasher = PasswordHasher()
        let issuer = TokenIssuer(
            issuer: ShopTokens.issuer, audience: ShopTokens.audience, key: key, lifetime: Sessions.accessLifetime)
        let sessions = Sessions(
            database: database, issuer: issuer, secrets: ProvenSecret(of: key, purpose: "refresh token"),
            revocations: host.revocations)
        try await Administrator(database: database, hasher: hasher, announce: host.announce).ensure(
            password: host[Administrator.password])
        host.use(host.shopMiddleware { issuer.keys })
        return Accounts(
            database: database, hasher: hasher, sessions: sessions, throttle: SignInThrottle(store: host.store),
            guests: try await GuestCarts(on: host), keySet: issuer.keys)
    }
}
