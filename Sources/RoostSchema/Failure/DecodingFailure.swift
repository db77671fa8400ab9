/// An error that is thrown if bytes cannot be decoded as a value of a schema. Who sent them is told in a `Problem`.
public enum DecodingFailure: Error, Sendable {
    /// The text is not JSON.
    case malformed(MalformedInput)
    /// The bytes are not a message of Protocol Buffers.
    case malformedMessage(MalformedInput)
    /// The value breaks these rules of its schema: all of them, up to `JSONReader.maximumFaults`.
    case invalid([Fault])
}

/// What is wrong with bytes that cannot be read, and where.
public struct MalformedInput: Hashable, Sendable {
    /// How many bytes were read before it.
    public let offset: Int
    /// What is wrong.
    public let message: String

    /// Creates a description.
    public init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }
}

extension DecodingFailure: CustomStringConvertible {
    /// Identifies the kind of failure to programs.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Lowercase words with underscores in between.
        public let rawValue: String

        /// Creates a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes cannot be read.
        public static let malformed = Code(rawValue: "malformed")
        /// The value breaks its schema.
        public static let invalid = Code(rawValue: "invalid")
    }

    /// The kind of failure.
    public var code: Code {
        switch self {
        case .malformed, .malformedMessage: .malformed
        case .invalid: .invalid
        }
    }

    /// What is wrong, for a person. It quotes the names of fields and no values.
    public var message: String {
        switch self {
        case .malformed(let input): "The text is not JSON: \(input.message) at byte \(input.offset)."
        case .malformedMessage(let input): "The bytes are not a message of Protocol Buffers: \(input.message) at byte \(input.offset)."
        case .invalid(let faults): faults.map { "\($0.pointer) \($0.message)" }.joined(separator: "; ")
        }
    }

    /// `nil`: the bytes themselves are at fault.
    public var cause: (any Error)? { nil }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}
