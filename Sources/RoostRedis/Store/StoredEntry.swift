import NIOCore
import Roost
import RoostStore

/// A value as Redis holds it: the version and the time of expiry, 8 bytes each, in front of the bytes. One command then reads or writes
/// all of it, and a comparison of versions reads 8 bytes.
struct StoredEntry {
    /// What the keys of values begin with in Redis, where counters and sorted sets are keys too.
    static let prefix: StaticString = "v:"

    /// The number of bytes in front of the value.
    static let headBytes = 16

    var version: StoreVersion
    /// When the entry expires, in milliseconds since 1970 by the server's clock. Redis itself removes the entry; this only tells when.
    var expiry: Int64?
    var bytes: [UInt8]

    /// What precedes the bytes.
    var head: (UInt64, UInt64) { (UInt64(bitPattern: version.rawValue), UInt64(bitPattern: expiry ?? 0)) }

    init(version: StoreVersion, expiry: Int64?, bytes: [UInt8]) {
        (self.version, self.expiry, self.bytes) = (version, expiry, bytes)
    }

    /// Reads an entry.
    /// - Returns: `nil` if the reply is null.
    /// - Throws: A `DatabaseError` if the value was not written by a store, or the reply is not that to a command that reads values.
    init?(_ reply: RESPValue, of key: String) throws(DatabaseError) {
        if case .null = reply { return nil }
        guard case .bulk(var buffer) = reply else { throw DatabaseError(.engine, "the reply to GET is not a value") }
        guard let version = buffer.readInteger(as: Int64.self), let expiry = buffer.readInteger(as: Int64.self), expiry >= 0 else {
            throw DatabaseError(.value, "the value of \(key) was not written by this store")
        }
        self.init(
            version: StoreVersion(rawValue: version), expiry: expiry == 0 ? nil : expiry, bytes: Array(buffer.readableBytesView))
    }

    /// The value, at a time of the server's clock.
    func value(at now: Int64) -> StoredValue {
        StoredValue(bytes: bytes, version: version, ttl: expiry.map { .milliseconds(max(1, $0 - now)) })
    }

    /// Returns a version as it stands in front of a value.
    static func bytes(of version: StoreVersion) -> [UInt8] { withUnsafeBytes(of: version.rawValue.bigEndian, Array.init) }
}

extension Duration {
    /// The duration in milliseconds, at least 1, since Redis takes no other.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0 else { return 1 }
        let (thousands, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
        // A hundred years are for ever, and within Redis's bounds.
        guard !isTooLarge, thousands < 3_155_760_000_000 else { return 3_155_760_000_000 }
        return max(1, thousands + attoseconds / 1_000_000_000_000_000)
    }
}
