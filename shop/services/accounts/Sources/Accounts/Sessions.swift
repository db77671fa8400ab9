import AccountsAPI
import Foundation
import Roost
import RoostAuth
import RoostData
import ShopCommon

/// Starts, refreshes and ends sessions. A refresh token can be used once. If it is used again, its session ends, because one of its two
/// users must have stolen it (RFC 9700 §4.14.2). A token that was never issued changes nothing.
struct Sessions: Sendable {
    /// In seconds.
    static let accessLifetime = 15 * 60
    /// In seconds.
    private static let refreshLifetime = 30.0 * 24 * 3600
    /// The largest number of expired sessions that are deleted when another one starts.
    private static let sweep = 16

    let database: Database
    let issuer: TokenIssuer
    let secrets: ProvenSecret
    let revocations: Revocations

    func begin(for account: Account) async throws -> TokenPair {
        let id = UUID.v7(), secret = secrets.issue(for: id.text), now = Date()
        let session = SessionRow(
            id: id, accountId: account.id, refreshDigest: Secret.digest(secret), createdAt: now,
            expiresAt: now.addingTimeInterval(Self.refreshLifetime))
        try await database.transaction { transaction in
            try await transaction.run(
                SessionRow.where { $0.expiresAt <= now }.order { $0.expiresAt }.limit(Self.sweep).locked(.skipLocked).delete())
            try await transaction.insert(session)
        }
        return try await tokens(id, account, secret)
    }

    /// If a token is used twice at the same time, one of the two calls is the first; to the other, the token is an old one.
    /// - Parameter account: Finds the account of the session.
    func refresh(_ token: String, account: (UUID) async throws -> Account) async throws -> TokenPair {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let session = UUID(text: String(parts[0])) else { throw Self.refused }
        let old = String(parts[1]), secret = secrets.issue(for: session.text)
        // The token is looked up first, so that a call that changes nothing does not wait for the writing connection.
        guard let found = try await find(session) else { throw Self.refused }
        let owner = try await account(found.accountId), isValid = found.refreshDigest == Secret.digest(old)
        guard isValid, try await replace(found.refreshDigest, of: session, with: Secret.digest(secret)) else {
            if secrets.isIssued(old, for: session.text) { try await end(session) }
            throw Self.refused
        }
        return try await tokens(session, owner, secret)
    }

    /// - Returns: `nil` if there is no such active session.
    private func find(_ session: UUID) async throws -> SessionRow? {
        let now = Date()
        return try await database.first(SessionRow.with(session).where { $0.expiresAt > now })
    }

    /// - Returns: Whether the session had the old digest until now.
    private func replace(_ old: String, of session: UUID, with digest: String) async throws -> Bool {
        let end = Date().addingTimeInterval(Self.refreshLifetime)
        let renewal = SessionRow.with(session).where { $0.refreshDigest == old }.update {
            $0.refreshDigest.set(digest)
            $0.expiresAt.set(end)
        }
        return try await database.run(renewal) == 1
    }

    func list(of caller: Principal.Account, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Session> {
        let account = try caller.uuid, current = caller.session.flatMap(UUID.init(text:)), now = Date()
        let rows = SessionRow.where { $0.accountId == account && $0.expiresAt > now }.order { $0.id.descending }
        return try await database.fetch(rows.page(limit, after: cursor)).map { row in
            Session(id: row.id, createdAt: row.createdAt, expiresAt: row.expiresAt, current: row.id == current)
        }
    }

    /// - Returns: Whether the account had such a session.
    @discardableResult
    func end(_ session: UUID, of account: UUID) async throws -> Bool {
        guard try await find(session)?.accountId == account else { return false }
        try await end(session)
        return true
    }

    /// Revokes the session's access tokens for their longest lifetime, and deletes the session: in this order, so that it can be tried
    /// again if the first step fails.
    private func end(_ session: UUID) async throws {
        try await revocations.revoke(session: session.text, until: Date().addingTimeInterval(Double(Self.accessLifetime) + 60))
        try await database.run(SessionRow.with(session).delete())
    }

    private func tokens(_ session: UUID, _ account: Account, _ secret: String) async throws -> TokenPair {
        let access = try await issuer.issue(
            to: account.id.text, session: session.text, roles: account.role == .admin ? ["admin"] : [], email: account.email)
        return TokenPair(accessToken: access, refreshToken: session.text + "." + secret, expiresIn: Self.accessLifetime)
    }

    private static var refused: Problem {
        Problem(.unauthorized, "The refresh token is no longer valid.", headers: ["www-authenticate": "Bearer error=\"invalid_token\""])
    }
}
