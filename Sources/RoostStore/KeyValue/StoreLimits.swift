import Roost

/// The limits that all stores share, so that a service can move from one driver to another.
public enum StoreLimits {
    /// The largest size of a key, in bytes of UTF-8.
    public static let keyBytes = 512
    /// The largest size of a value, in bytes: 2 MiB.
    public static let valueBytes = 2 << 20

    /// Checks a key and a value against the limits. Drivers call this before each operation.
    /// - Throws: A `DatabaseError` that names the limit that is exceeded.
    public static func check(_ key: String, _ bytes: [UInt8]?) throws(DatabaseError) {
        guard (1...keyBytes).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw DatabaseError(.key, "a key must have 1 to \(keyBytes) bytes without NUL; this one has \(key.utf8.count) bytes")
        }
        guard let bytes, bytes.count > valueBytes else { return }
        throw DatabaseError(.value, "the value of \(key) must have at most \(valueBytes) bytes; this one has \(bytes.count)")
    }
}
