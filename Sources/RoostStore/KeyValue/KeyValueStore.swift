/// Values by key, which can expire, shared by all processes that open the store.
///
/// A key has 1 to 512 bytes of UTF-8, and a value at most 2 MiB; see `StoreLimits`. Every driver passes the cases of `KeyValueStoreConformance`.
public protocol KeyValueStore: Sendable {
    /// Returns the value of a key, or `nil` if there is none or it has expired.
    ///
    /// If values of the key may be kept in memory (see `Store.cacheValues(prefix:for:)`), this may be an earlier value.
    /// - Throws: A `DatabaseError` if the key is invalid; a `Problem` with status 503 if the store is busy.
    func get(_ key: String) async throws -> StoredValue?

    /// Returns the value of a key as the store has it now, never one that was kept in memory. Use it before a change that depends on the
    /// value.
    /// - Throws: A `DatabaseError` if the key is invalid; a `Problem` with status 503 if the store is busy.
    func getLatest(_ key: String) async throws -> StoredValue?

    /// Returns the values of several keys, in the order of the keys, each as `get(_:)` does. A driver asks for many of them at once, but
    /// another change may come in between.
    /// - Throws: A `DatabaseError` if a key is invalid; a `Problem` with status 503 if the store is busy.
    func get(_ keys: [String]) async throws -> [StoredValue?]

    /// Sets or removes the value of a key atomically, if the condition holds.
    /// - Parameters:
    ///   - key: The key.
    ///   - bytes: The value, or `nil` to remove the entry.
    ///   - ttl: How long the entry is kept, or `nil` to keep it indefinitely.
    ///   - condition: When the change takes effect.
    /// - Returns: The new version of the entry, or `nil` if the condition did not hold and nothing was changed.
    /// - Throws: A `DatabaseError` if a limit is exceeded; a `Problem` with status 503 if the store is busy.
    @discardableResult
    func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion?
}

extension KeyValueStore {
    /// Returns the value that `get(_:)` returns. A store that keeps values in memory, and one that passes calls on to another store, must
    /// provide an implementation of its own.
    public func getLatest(_ key: String) async throws -> StoredValue? { try await get(key) }

    /// Asks for one key after the other.
    public func get(_ keys: [String]) async throws -> [StoredValue?] {
        var values: [StoredValue?] = []
        for key in keys { values.append(try await get(key)) }
        return values
    }
}

/// The condition under which a put takes effect.
public enum PutCondition: Hashable, Sendable {
    /// Always.
    case always
    /// Only if the key has no value.
    case absent
    /// Only if the key's value still has this version.
    case version(StoreVersion)
}

/// Identifies one value among all values that a key ever had. Versions can be compared for equality, but have no order.
public struct StoreVersion: Hashable, Sendable {
    /// The version as a driver stores it.
    public let rawValue: Int64

    /// Creates a version from its stored form.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Returns a new version of 64 random bits.
    public static func random() -> StoreVersion { StoreVersion(rawValue: .random(in: .min ... .max)) }
}

/// A value with its version and its remaining lifetime.
public struct StoredValue: Hashable, Sendable {
    /// The value.
    public let bytes: [UInt8]
    /// The version of the value, for `PutCondition.version(_:)`.
    public let version: StoreVersion
    /// The remaining lifetime, or `nil` if the value does not expire.
    public let ttl: Duration?

    /// Creates a stored value. Drivers call this.
    public init(bytes: [UInt8], version: StoreVersion, ttl: Duration?) {
        self.bytes = bytes
        self.version = version
        self.ttl = ttl
    }
}
