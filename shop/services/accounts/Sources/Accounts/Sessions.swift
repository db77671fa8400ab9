import AccountsAPI
import Foundation
import Roost
import RoostAuth
import RoostData
import ShopCommon

/// Begins, renews and ends sessions. A refresh token is good once; one that comes again ends its session, since one of the
/// two who had it should not have (RFC 9700 §4.14.2).
struct Sessions: Sendable {
    /// Seconds.
    static let accessLifetime = 15 * 60
    /// Seconds.
    private static let refreshLifetime = 30.0 * 24 * 3600

    let database: Database
    let issuer: TokenIssuer
    let revocations: Revocations

    func begin(for account: Account) async throws -> TokenPair {
        let session = UUID.v7()
        let secret = Secret.random(bytes: 32)
        let now = Date()
        _ = try await database.execute(
            """
            INSERT INTO sessions (id, account_id, refresh_digest, created_at, expires_at)
            VALUES (\(session), \(account.id), \(Secret.digest(secret)), \(now), \(now.addingTimeInterval(Self.refreshLifetime)))
            """)
        return try await tokens(session, account, secret)
    }

    /// - Parameter account: finds the session's account.
    func refresh(_ token: String, account: (UUID) async throws -> Account) async throws -> TokenPair {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let session = UUID(uuidString: String(parts[0])) else { throw Self.refused }
        let old = Secret.digest(String(parts[1])), secret = Secret.random(bytes: 32), now = Date()
        let owner: UUID? = try await database.transaction { transaction in
            let changed = try await transaction.execute(
                """
                UPDATE sessions SET refresh_digest = \(Secret.digest(secret)), expires_at = \(now.addingTimeInterval(Self.refreshLifetime))
                WHERE id = \(session) AND refresh_digest = \(old) AND expires_at > \(now)
                """)
            guard changed == 1 else {
                _ = try await transaction.execute("DELETE FROM sessions WHERE id = \(session)")
                return nil
            }
            return try await transaction.query("SELECT account_id FROM sessions WHERE id = \(session)").first?.get("account_id")
        }
        guard let owner else {
            try await revoke(session)
            throw Self.refused
        }
        return try await tokens(session, account(owner), secret)
    }

    func list(of principal: Principal, limit: PageLimit, after cursor: PageCursor?) async throws -> Page<Session> {
        let account = try principal.accountID
        let current = principal.session
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

    /// - Returns: whether the account had such a session.
    @discardableResult
    func end(_ session: UUID, of account: UUID) async throws -> Bool {
        let ended = try await database.execute("DELETE FROM sessions WHERE id = \(session) AND account_id = \(account)")
        guard ended == 1 else { return false }
        try await revoke(session)
        return true
    }

    /// Has the session's access tokens refused for as long as one of them could live.
    private func revoke(_ session: UUID) async throws {
        try await revocations.revoke(session: session.text, until: Date().addingTimeInterval(Double(Self.accessLifetime) + 60))
    }

    private func tokens(_ session: UUID, _ account: Account, _ secret: String) async throws -> TokenPair {
        let access = try await issuer.issue(
            to: account.id.text, session: session.text, roles: account.role == .admin ? ["admin"] : [])
        return TokenPair(accessToken: access, refreshToken: session.text + "." + secret, expiresIn: Self.accessLifetime)
    }

    private static var refused: Problem {
        Problem(.unauthorized, "The refresh token is not good any more.", headers: ["www-authenticate": "Bearer error=\"invalid_token\""])
    }
}
