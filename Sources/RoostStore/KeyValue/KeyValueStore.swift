/// A key-value store whose entries may expire, shared by all who open it.
///
/// Keys have 1 to 512 bytes of UTF-8, values at most 2 MiB: see `StoreLimits`. Drivers pass `StoreConformance`.
public protocol KeyValueStore: Sendable {
    /// The value of a key; `nil` where there is none or it has expired.
    func get(_ key: String) async throws -> StoredValue?

    /// Sets the value of a key, or removes it, if the condition holds at that moment.
    /// - Parameters:
    ///   - bytes: the value; `nil` removes the entry.
    ///   - ttl: how long the entry lasts; `nil` for ever.
    /// - Returns: the entry's new version; `nil` where the condition did not hold, and nothing was changed.
    /// - Throws: a `StoreError` where a limit is exceeded; a `Problem` with status 503 where the store is busy.
    @discardableResult
    func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion?
}

/// When a put takes effect.
public enum PutCondition: Hashable, Sendable {
    case always
    /// Only where the key has no value.
    case absent
    /// Only where the key has the value of this version.
    case version(StoreVersion)
}

/// Tells one value of a key from any other that it ever had. Only equality means anything.
public struct StoreVersion: Hashable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// A version that no other value has, as 64 random bits go.
    public static func random() -> StoreVersion { StoreVersion(rawValue: .random(in: .min ... .max)) }
}

/// A value, and how it stands.
public struct StoredValue: Hashable, Sendable {
    public let bytes: [UInt8]
    public let version: StoreVersion
    /// How long it still lasts; `nil` for ever.
    public let ttl: Duration?

    public init(bytes: [UInt8], version: StoreVersion, ttl: Duration?) {
        self.bytes = bytes
        self.version = version
        self.ttl = ttl
    }
}
