/// Why a service cannot start: one line that names what is wrong and what is allowed.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    public init(key: String, value: String, allowed: String) {
        description = "\(key)=\(value) is wrong: it must be \(allowed)"
    }
}
