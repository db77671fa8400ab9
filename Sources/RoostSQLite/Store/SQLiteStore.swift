import Logging
import Roost
import RoostData
import RoostStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store in an SQLite file, shared by the processes of one machine.
///
/// An expired entry is no longer returned from the moment it expires. Its space is freed later: every few changes, one of them also removes
/// a bounded number of expired entries, so that the file cannot grow faster than it is swept.
///
/// Messages of channels reach subscriptions in the same process at once, and those in other processes within 25 ms.
public final class SQLiteStore: Store {
    let database: Database
    let channels: SQLiteChannels
    private let changes = Atomic<UInt64>(0)
    private let logger = Logger(label: "roost.sqlite")

    /// Expired entries are removed once per this number of changes.
    static let changesPerSweep: UInt64 = 64
    /// The largest number of entries of a kind that one sweep removes.
    static let entriesPerSweep = 256

    private init(_ database: Database) {
        self.database = database
        channels = SQLiteChannels(database)
    }

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

    /// The most keys or members that one statement names.
    static let namesPerStatement = 512

    /// Returns the values of several keys, up to 512 of them by one statement.
    public func get(_ keys: [String]) async throws -> [StoredValue?] {
        for key in keys { try StoreLimits.check(key, nil) }
        var values: [StoredValue?] = []
        values.reserveCapacity(keys.count)
        for start in stride(from: 0, to: keys.count, by: Self.namesPerStatement) {
            values += try await fetch(Array(keys[start..<min(start + Self.namesPerStatement, keys.count)]))
        }
        return values
    }

    private func fetch(_ keys: [String]) async throws -> [StoredValue?] {
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
            // A lifetime may be as long as a number can be.
            ttl: expiry.map { .milliseconds(max(1, Int64(exactly: ($0.timeIntervalSince(now) * 1000).rounded(.down)) ?? .max)) })
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
        await sweepIfDue()
        // Removing an absent entry succeeds, unless the condition names a version.
        if bytes == nil, condition == .always { return version }
        return changes > 0 ? version : nil
    }

    /// Does nothing: reading the file costs little, and other processes change it unseen.
    public func cacheValues(prefix: String, for lifetime: Duration) async {}

    /// Waits for the operations in progress, ends the subscriptions, and closes the file.
    public func close() async {
        await channels.close()
        await database.close()
    }

    /// Removes some expired entries, if enough has been changed since the last time.
    ///
    /// The change that calls this is committed already, so it must not fail because of the sweep. The next sweep tries again.
    func sweepIfDue() async {
        guard changes.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: Self.changesPerSweep) else { return }
        let now = database.clock.now
        do {
            for (table, key) in [("roost_entries", "key"), ("roost_counters", "name"), ("roost_locks", "name")] {
                let removal = SQL(raw: "DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(table) WHERE expires_at <= ")
                try await database.execute(removal + "\(now) ORDER BY expires_at LIMIT \(Self.entriesPerSweep))")
            }
        } catch {
            logger.debug("Expired entries were not removed.", metadata: ["error": "\(error)"])
        }
    }
}

extension SQLiteStore {
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
