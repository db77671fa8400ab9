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
        let now = database.clock.now, expiry = now.addingTimeInterval(ttl / .seconds(1))
        return try await database.transaction { transaction in
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
    }

    /// Extends the time for which a lock is held; see `LockStore`.
    public func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool {
        let now = database.clock.now, expiry = now.addingTimeInterval(ttl / .seconds(1))
        return try await database.execute(
            "UPDATE roost_locks SET expires_at = \(expiry) WHERE name = \(lock.name) AND token = \(lock.token) AND expires_at > \(now)")
            > 0
    }

    /// Releases a lock; see `LockStore`.
    @discardableResult
    public func release(_ lock: StoreLock) async throws -> Bool {
        let now = database.clock.now
        let rows = try await database.returning(
            "DELETE FROM roost_locks WHERE name = \(lock.name) AND token = \(lock.token) RETURNING expires_at")
        return try rows.first.map { try $0.get("expires_at", as: Date.self) > now } ?? false
    }
}
