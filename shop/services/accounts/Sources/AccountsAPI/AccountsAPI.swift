import Foundation
import Guests
import Roost
import RoostAuth

/// Manages accounts and sessions.
@Contract("accounts", access: .signedIn)
public protocol AccountsAPI: Sendable {
    /// Creates an account.
    @Post("/accounts", status: .created, access: .anyone, problems: [.conflict])
    func signUp(_ account: NewAccount) async throws -> Account

    /// Returns the caller's account.
    @Get("/accounts/me")
    func me(_ caller: Principal.Account) async throws -> Account

    /// Changes the caller's account.
    @Patch("/accounts/me")
    func changeMe(_ changes: AccountChanges, by caller: Principal.Account) async throws -> Account

    /// Returns an account, for other services of the system.
    @Get("/accounts/{id}", access: .services)
    func account(id: UUID) async throws -> Account

    /// Signs in.
    ///
    /// After 10 failures within 15 minutes for an account, or 100 from an address, the response is 429 until the time in `Retry-After` has
    /// passed. Accounts that do not exist are treated in the same way.
    ///
    /// What a guest has put into the cart, known by the cookie `guest`, is then in the account's cart.
    @Post("/sessions", status: .created, access: .anyone, cookies: ["guest": "guest"], problems: [.unauthorized, .tooManyRequests])
    func signIn(_ credentials: Credentials, guest: GuestID?) async throws -> TokenPair

    /// Exchanges a refresh token for a new pair of tokens.
    ///
    /// A refresh token can be used once. If it is used again, even at the same time, the request is refused and the session ends with all
    /// of its tokens.
    @Post("/sessions/refresh", access: .anyone, problems: [.unauthorized])
    func refresh(_ request: RefreshRequest) async throws -> TokenPair

    /// Lists the active sessions of the caller's account, newest first.
    @Get("/sessions")
    func sessions(of caller: Principal.Account, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Session>

    /// Signs out. The session's tokens are refused from then on.
    @Delete("/sessions/current")
    func signOut(_ caller: Principal.Account) async throws

    /// Ends another session of the caller's account.
    @Delete("/sessions/{id}")
    func endSession(id: UUID, by caller: Principal.Account) async throws

    /// Returns the public keys for verifying access tokens (RFC 7517).
    @Get("/.well-known/jwks.json", access: .anyone)
    func keys() async throws -> JSONWebKeySet
}
