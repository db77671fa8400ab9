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
        let session = UUID.v7()
        let secret = secrets.issue(for: session.text)
        let now = Date()
        try await database.transaction { transaction in
            try await transaction.execute(
                """
                DELETE FROM sessions WHERE id IN
                (SELECT id FROM sessions WHERE expires_at <= \(now) ORDER BY expires_at LIMIT \(Self.sweep))
                """)
            try await transaction.execute(
                """
                INSERT INTO sessions (id, account_id, refresh_digest, created_at, expires_at)
                VALUES (\(session), \(account.id), \(Secret.digest(secret)), \(now), \(now.addingTimeInterval(Self.refreshLifetime)))
                """)
        }
        return try await tokens(session, account, secret)
    }

    /// If a token is used twice at the same time, one of the two calls is the first; to the other, the token is an old one.
    /// - Parameter account: Finds the account of the session.
    func refresh(_ token: String, account: (UUID) async throws -> Account) async throws -> TokenPair {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let session = UUID(uuidString: String(parts[0])) else { throw Self.refused }
        let old = String(parts[1]), secret = secrets.issue(for: session.text)
        // The token is looked up first, so that a call that changes nothing does not wait for the writing connection.
        guard let found = try await find(session) else { throw Self.refused }
        let owner = try await account(found.owner)
        guard found.digest == Secret.digest(old), try await replace(found.digest, of: session, with: Secret.digest(secret)) else {
            if secrets.isIssued(old, for: session.text) { try await end(session) }
            throw Self.refused
        }
        return try await tokens(session, owner, secret)
    }

    /// - Returns: `nil` if there is no such active session.
    private func find(_ session: UUID) async throws -> (owner: UUID, digest: String)? {
        let row = try await database.first(
            "SELECT account_id, refresh_digest FROM sessions WHERE id = \(session) AND expires_at > \(Date())")
        return try row.map { (try $0.get("account_id"), try $0.get("refresh_digest")) }
    }

    /// - Returns: Whether the session had the old digest until now.
    private func replace(_ old: String, of session: UUID, with digest: String) async throws -> Bool {
        try await database.execute(
            """
            UPDATE sessions SET refresh_digest = \(digest), expires_at = \(Date().addingTimeInterval(Self.refreshLifetime))
            WHERE id = \(session) AND refresh_digest = \(old)
            """) == 1
    }

    func list(of caller: Principal.Account, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Session> {
        let account = try caller.uuid
        let current = caller.session
        let rows = try await database.query(
            """
            SELECT id, created_at, expires_at FROM sessions
            WHERE account_id = \(account) AND expires_at > \(Date()) AND id < \(cursor?.key ?? "~")
            ORDER BY id DESC LIMIT \(limit.count + 1)
            """)
        let sessions = try rows.map { row in
            let id: UUID = try row.get("id")
            return Session(
                id: id, createdAt: try row.get("created_at"), expiresAt: try row.get("expires_at"),
                current: current.flatMap(UUID.init(uuidString:)) == id)
        }
        return Page(sessions, limit: limit) { $0.id.text }
    }

    /// - Returns: Whether the account had such a session.
    @discardableResult
    func end(_ session: UUID, of account: UUID) async throws -> Bool {
        guard try await find(session)?.owner == account else { return false }
        try await end(session)
        return true
    }

    /// Revokes the session's access tokens for their longest lifetime, and deletes the session: in this order, so that it can be tried
    /// again if the first step fails.
    private func end(_ session: UUID) async throws {
        try await revocations.revoke(session: session.text, until: Date().addingTimeInterval(Double(Self.accessLifetime) + 60))
        try await database.execute("DELETE FROM sessions WHERE id = \(session)")
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
