import Roost
import RoostData
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteStore {
    /// Adds to a counter; see `CounterStore`.
    @discardableResult
    public func add(_ amount: Int, toCounter name: String, ttl: Duration?) async throws -> Int {
        try StoreLimits.check(name, nil)
        let now = database.clock.now
        let expiry = ttl.map { now.addingTimeInterval($0 / .seconds(1)) }
        // A sum beyond 64 bits becomes a real number in SQLite.
        let rows = try await database.returning(
            """
            INSERT INTO roost_counters (name, value, expires_at) VALUES (\(name), \(amount), \(expiry))
            ON CONFLICT (name) DO UPDATE SET
                value = CASE WHEN roost_counters.expires_at <= \(now) THEN excluded.value ELSE roost_counters.value + excluded.value END,
                expires_at = CASE WHEN roost_counters.expires_at <= \(now) THEN excluded.expires_at ELSE roost_counters.expires_at END
            WHERE roost_counters.expires_at <= \(now) OR typeof(roost_counters.value + excluded.value) = 'integer'
            RETURNING value
            """)
        guard let row = rows.first else { throw DatabaseError(.value, "the sum of \(name) is too large") }
        await sweepIfDue()
        return try row.get("value")
    }

    /// Returns the value of a counter; see `CounterStore`.
    public func count(_ name: String) async throws -> Int {
        try StoreLimits.check(name, nil)
        let row = try await database.first(
            """
            SELECT value FROM roost_counters
            WHERE name = \(name) AND (expires_at IS NULL OR expires_at > \(database.clock.now))
            """)
        return try row?.get("value") ?? 0
    }

    /// Removes a counter; see `CounterStore`.
    public func removeCounter(_ name: String) async throws {
        try StoreLimits.check(name, nil)
        try await database.execute("DELETE FROM roost_counters WHERE name = \(name)")
    }
}
