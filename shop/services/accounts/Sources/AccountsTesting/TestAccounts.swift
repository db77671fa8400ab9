import AccountsAPI
public import Foundation
public import Roost
import RoostAuth
public import RoostSystem
import ShopCommon

/// Replaces the accounts service in tests of other services: it issues tokens for any account without a password.
public struct TestAccounts: ServiceDefinition {
    /// The service's name: `accounts`.
    public let name = "accounts"

    private let issuer = TokenIssuer(issuer: ShopTokens.issuer, audience: ShopTokens.audience, key: .generate())

    /// Creates a service with a signing key of its own.
    public init() {}

    /// An access token as the accounts service issues them.
    /// - Parameters:
    ///   - account: the account's id.
    ///   - roles: what it may do, such as `admin`.
    ///   - namesEmail: Whether the token names the account's address.
    public func token(for account: UUID = .v7(), roles: Set<String> = [], namingEmail namesEmail: Bool = true) async throws -> String {
        let email = namesEmail ? Self.email(of: account) : nil
        return try await issuer.issue(to: account.text, session: UUID.v7().text, roles: roles, email: email)
    }

    /// Returns an implementation of the routes that other services use. It knows every account, and each by the address `<id>@example.com`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let keys = issuer.keys
        host.use(host.shopMiddleware { keys })
        let accounts = AccountsAPIDouble(
            me: { caller in Self.account(try caller.uuid) },
            account: { Self.account($0) },
            keys: { keys })
        return ContractProvider(AccountsAPIContract.self, by: accounts)
    }

    private static func account(_ id: UUID) -> Account {
        Account(id: id, email: email(of: id), name: "Ada", role: .customer, createdAt: Date())
    }

    private static func email(of account: UUID) -> String { "\(account.text)@example.com" }
}
