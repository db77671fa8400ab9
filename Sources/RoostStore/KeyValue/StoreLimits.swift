import Roost

/// What every store takes, so that a service can move from one to another.
public enum StoreLimits {
    /// The most bytes of UTF-8 in a key.
    public static let keyBytes = 512
    /// The most bytes in a value: 2 MiB.
    public static let valueBytes = 2 << 20

    /// - Throws: a `StoreError` that names the limit.
    public static func check(_ key: String, _ bytes: [UInt8]?) throws(StoreError) {
        guard (1...keyBytes).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw StoreError(.key, "a key must have 1 to \(keyBytes) bytes and no NUL, this one has \(key.utf8.count)")
        }
        guard let bytes, bytes.count > valueBytes else { return }
        throw StoreError(.value, "the value of \(key) must have at most \(valueBytes) bytes, this one has \(bytes.count)")
    }
}

/// Why a store refuses.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// The key is empty or too long.
        public static let key = Code(rawValue: "key")
        /// The value is too large, or not of the type that was asked for.
        public static let value = Code(rawValue: "value")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.rawValue): \(message)" }
}

/// The key or the value is at fault.
extension StoreError: ClassifiedError {
    public var failureKind: FailureKind { .permanent }
}
