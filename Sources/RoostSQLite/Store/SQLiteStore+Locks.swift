import Roost
import RoostData
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteStore {
    /// Acquires a lock; see `LockStore`.
    public func acquire(_ name: String, ttl: Duration) async throws -> StoreLock? {
        try StoreLimits.check(name, nil)
        let lock: StoreLock? = try await database.transaction { transaction in
            // The transaction may have waited for others, so the lock's time begins here.
            let now = transaction.clock.now, expiry = now.addingTimeInterval(ttl / .seconds(1))
            let held = try await transaction.first("SELECT 1 FROM roost_locks WHERE name = \(name) AND expires_at > \(now)")
            guard held == nil else { return nil }
            let row = try await transaction.returning("INSERT INTO roost_lock_tokens DEFAULT VALUES RETURNING token").first
            guard let token = try row?.get("token", as: Int64.self) else { return nil }
            // The table keeps its next number without any rows.
            try await transaction.execute("DELETE FROM roost_lock_tokens")
            try await transaction.execute("DELETE FROM roost_locks WHERE name = \(name)")
            try await transaction.execute("INSERT INTO roost_locks (name, token, expires_at) VALUES (\(name), \(token), \(expiry))")
            return StoreLock(name: name, token: token)
        }
        if lock != nil { await sweepIfDue() }
        return lock
    }

    /// Extends the time for which a lock is held; see `LockStore`.
    public func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool {
        try await database.transaction { transaction in
            let now = transaction.clock.now, expiry = now.addingTimeInterval(ttl / .seconds(1))
            let renewal: SQL = """
                UPDATE roost_locks SET expires_at = \(expiry)
                WHERE name = \(lock.name) AND token = \(lock.token) AND expires_at > \(now)
                """
            return try await transaction.execute(renewal) > 0
        }
    }

    /// Releases a lock; see `LockStore`.
    @discardableResult
    public func release(_ lock: StoreLock) async throws -> Bool {
        let rows = try await database.returning(
            "DELETE FROM roost_locks WHERE name = \(lock.name) AND token = \(lock.token) RETURNING expires_at")
        return try rows.first.map { try $0.get("expires_at", as: Date.self) > database.clock.now } ?? false
    }
}
