import Roost

/// The limits that all stores share, so that a service can move from one driver to another.
public enum StoreLimits {
    /// The largest size of a key, in bytes of UTF-8.
    public static let keyBytes = 512
    /// The largest size of a value, in bytes: 2 MiB.
    public static let valueBytes = 2 << 20

    /// Checks a key and a value against the limits. Drivers call this before each operation.
    /// - Throws: A `StoreError` that names the limit that is exceeded.
    public static func check(_ key: String, _ bytes: [UInt8]?) throws(StoreError) {
        guard (1...keyBytes).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw StoreError(.key, "a key must have 1 to \(keyBytes) bytes without NUL; this one has \(key.utf8.count) bytes")
        }
        guard let bytes, bytes.count > valueBytes else { return }
        throw StoreError(.value, "the value of \(key) must have at most \(valueBytes) bytes; this one has \(bytes.count)")
    }
}

/// An error that a store throws because a key or a value is invalid.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is invalid. Drivers may add codes of their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as text.
        public let rawValue: String

        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The key is empty, too long, or contains NUL.
        public static let key = Code(rawValue: "key")
        /// The value is too large, or is not of the requested type.
        public static let value = Code(rawValue: "value")
    }

    /// What is invalid.
    public let code: Code
    /// A description for a person. It quotes keys but not values.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}

extension StoreError: ClassifiedError {
    /// Permanent: the same key or value fails again.
    public var failureKind: FailureKind { .permanent }
}
