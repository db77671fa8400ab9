import Roost
import RoostData
import RoostStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key-value store in an SQLite file, shared by the processes of one machine.
///
/// An expired entry is no longer returned from the moment it expires. Its space is freed later: every few puts, one of them also removes a
/// bounded number of expired entries, so that the file cannot grow faster than it is swept.
public final class SQLiteStore: KeyValueStore {
    private let database: Database
    private let puts = Atomic<UInt64>(0)

    /// Expired entries are removed once per this number of puts.
    static let putsPerSweep: UInt64 = 64
    /// The largest number of entries that one sweep removes.
    static let entriesPerSweep = 256

    private init(_ database: Database) { self.database = database }

    /// Opens a store, and creates its file if necessary.
    /// - Parameters:
    ///   - url: The URL of the file: `sqlite:PATH`.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - clock: The clock by which entries expire.
    /// - Throws: A `ConfigurationError` if the URL is invalid or the file cannot be opened.
    public static func open(
        _ url: String, key: String = "STORE_URL", clock: any ServiceClock = WallClock()
    ) async throws -> SQLiteStore {
        SQLiteStore(try await Database.open(url, key: key, migrations: migrations, clock: clock))
    }

    /// Returns the value of a key, or `nil` if there is none or it has expired.
    public func get(_ key: String) async throws -> StoredValue? {
        try StoreLimits.check(key, nil)
        let now = database.clock.now
        let row = try await database.first(
            """
            SELECT bytes, version, expires_at FROM roost_entries
            WHERE key = \(key) AND (expires_at IS NULL OR expires_at > \(now))
            """)
        return try row.map { try Self.value($0, at: now) }
    }

    /// Returns the values of several keys, all by one statement.
    public func get(_ keys: [String]) async throws -> [StoredValue?] {
        for key in keys { try StoreLimits.check(key, nil) }
        let now = database.clock.now
        let rows = try await database.query(
            """
            SELECT key, bytes, version, expires_at FROM roost_entries
            WHERE key IN \(keys) AND (expires_at IS NULL OR expires_at > \(now))
            """)
        // Keys compare by their bytes, as they do in the database.
        let values = try rows.map { (Array(try $0.get("key", as: String.self).utf8), try Self.value($0, at: now)) }
        let found = Dictionary(values) { first, _ in first }
        return keys.map { found[Array($0.utf8)] }
    }

    private static func value(_ row: ResultRow, at now: Date) throws -> StoredValue {
        let expiry = try row.get("expires_at", as: Date?.self)
        return StoredValue(
            bytes: try row.get("bytes"), version: StoreVersion(rawValue: try row.get("version")),
            ttl: expiry.map { .milliseconds(max(1, Int64(($0.timeIntervalSince(now) * 1000).rounded(.down)))) })
    }

    /// Sets or removes the value of a key, if the condition holds; see `KeyValueStore`.
    @discardableResult
    public func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        try StoreLimits.check(key, bytes)
        let version = StoreVersion.random(), now = database.clock.now
        // Removing an absent entry changes nothing; only the condition needs to be checked.
        if bytes == nil, condition == .absent { return try await get(key) == nil ? version : nil }
        let expiry = ttl.map { now.addingTimeInterval($0 / .seconds(1)) }
        let sql = bytes.map { Self.set(key, $0, version, expiry, condition, now) } ?? Self.remove(key, condition, now)
        let changes = try await database.execute(sql)
        if puts.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: Self.putsPerSweep) { try await sweep(now) }
        // Removing an absent entry succeeds, unless the condition names a version.
        if bytes == nil, condition == .always { return version }
        return changes > 0 ? version : nil
    }

    /// Waits for the operations in progress, then closes the file.
    public func close() async { await database.close() }

    private func sweep(_ now: Date) async throws {
        try await database.execute(
            """
            DELETE FROM roost_entries WHERE key IN
            (SELECT key FROM roost_entries WHERE expires_at <= \(now) ORDER BY expires_at LIMIT \(Self.entriesPerSweep))
            """)
    }
}

extension SQLiteStore {
    private static let migrations = [
        Migration(
            "roost_store_0001",
            """
            CREATE TABLE roost_entries (
                key TEXT PRIMARY KEY, bytes BLOB NOT NULL, version BIGINT NOT NULL, expires_at BIGINT
            ) WITHOUT ROWID;
            CREATE INDEX roost_entries_expires_at ON roost_entries (expires_at) WHERE expires_at IS NOT NULL;
            """)
    ]

    private static func set(
        _ key: String, _ bytes: [UInt8], _ version: StoreVersion, _ expiry: Date?, _ condition: PutCondition, _ now: Date
    ) -> SQL {
        let insertion: SQL = """
            INSERT INTO roost_entries (key, bytes, version, expires_at)
            VALUES (\(key), \(bytes), \(version.rawValue), \(expiry))
            ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, version = excluded.version, expires_at = excluded.expires_at
            """
        return switch condition {
        case .always: insertion
        case .absent: insertion + " WHERE roost_entries.expires_at <= \(now)"
        case .version(let old):
            """
            UPDATE roost_entries SET bytes = \(bytes), version = \(version.rawValue), expires_at = \(expiry)
            WHERE key = \(key) AND version = \(old.rawValue) AND (expires_at IS NULL OR expires_at > \(now))
            """
        }
    }

    private static func remove(_ key: String, _ condition: PutCondition, _ now: Date) -> SQL {
        switch condition {
        case .always: "DELETE FROM roost_entries WHERE key = \(key)"
        // `put` handles this case itself. At most an expired entry is left of an absent key.
        case .absent: "DELETE FROM roost_entries WHERE key = \(key) AND expires_at <= \(now)"
        case .version(let old):
            """
            DELETE FROM roost_entries
            WHERE key = \(key) AND version = \(old.rawValue) AND (expires_at IS NULL OR expires_at > \(now))
            """
        }
    }
}
