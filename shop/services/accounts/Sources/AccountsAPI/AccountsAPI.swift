import Foundation
import Roost
import RoostAuth

/// Knows who has signed up and who is signed in.
@Contract("accounts", access: .signedIn)
public protocol AccountsAPI: Sendable {
    /// Signs someone up.
    @Post("/accounts", status: .created, access: .anyone, problems: [.conflict])
    func signUp(_ account: NewAccount) async throws -> Account

    /// The caller's own account.
    @Get("/accounts/me")
    func me() async throws -> Account

    /// Changes the caller's own account.
    @Patch("/accounts/me")
    func changeMe(_ changes: AccountChanges) async throws -> Account

    /// An account, for the system's own services.
    @Get("/accounts/{id}", access: .services)
    func account(id: UUID) async throws -> Account

    /// Signs in.
    ///
    /// After 10 failures in 15 minutes for an account, or 100 from an address, it answers 429 for as long as `Retry-After` says. An account
    /// that does not exist is answered as one that does.
    @Post("/sessions", status: .created, access: .anyone, problems: [.unauthorized, .tooManyRequests])
    func signIn(_ credentials: Credentials) async throws -> TokenPair

    /// Changes a refresh token for a new pair.
    ///
    /// A token is good once. One that comes again, also where two come at once, is refused, and its session ends with all of its tokens.
    @Post("/sessions/refresh", access: .anyone, problems: [.unauthorized])
    func refresh(_ request: RefreshRequest) async throws -> TokenPair

    /// The account's sessions that are live, the newest first.
    @Get("/sessions")
    func sessions(limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Session>

    /// Signs out: the session's tokens are refused from then on.
    @Delete("/sessions/current")
    func signOut() async throws

    /// Ends another session of the account.
    @Delete("/sessions/{id}")
    func endSession(id: UUID) async throws

    /// The keys that access tokens are verified with (RFC 7517).
    @Get("/.well-known/jwks.json", access: .anyone)
    func keys() async throws -> JSONWebKeySet
}
