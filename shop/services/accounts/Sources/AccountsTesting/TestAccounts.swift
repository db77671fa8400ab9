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
        let email = namesEmail ? KnownAccounts.email(of: account) : nil
        return try await issuer.issue(to: account.text, session: UUID.v7().text, roles: roles, email: email)
    }

    /// Returns an implementation of the routes that other services use.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let keys = issuer.keys
        host.use(host.shopMiddleware { keys })
        return KnownAccounts(keySet: keys)
    }
}

/// Knows every account, and each by the address `<id>@example.com`.
@Service(AccountsAPI.self)
private struct KnownAccounts: AccountsAPI {
    let keySet: JSONWebKeySet

    func me(_ caller: Principal.Account) async throws -> Account { try await account(id: caller.uuid) }

    func account(id: UUID) async throws -> Account {
        Account(id: id, email: Self.email(of: id), name: "Ada", role: .customer, createdAt: Date())
    }

    static func email(of account: UUID) -> String { "\(account.text)@example.com" }

    func keys() async throws -> JSONWebKeySet { keySet }

    func signUp(_ account: NewAccount) async throws -> Account { throw Self.absent }
    func changeMe(_ changes: AccountChanges, by caller: Principal.Account) async throws -> Account { throw Self.absent }
    func signIn(_ credentials: Credentials) async throws -> TokenPair { throw Self.absent }
    func refresh(_ request: RefreshRequest) async throws -> TokenPair { throw Self.absent }
    func sessions(of caller: Principal.Account, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Session> {
        throw Self.absent
    }
    func signOut(_ caller: Principal.Account) async throws { throw Self.absent }
    func endSession(id: UUID, by caller: Principal.Account) async throws { throw Self.absent }

    private static var absent: Problem { Problem(.notImplemented, "The accounts of tests do not do this.") }
}
