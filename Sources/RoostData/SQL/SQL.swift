import Roost

/// A statement whose interpolations are bindings and never become part of its text:
/// `"SELECT * FROM accounts WHERE email = \(email)"`.
///
/// An interpolated array is a list for `IN`: `"… WHERE sku IN \(skus)"`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// A piece of a statement.
    public enum Part: Sendable, Hashable {
        case text(String)
        case binding(SQLData)
    }

    public private(set) var parts: [Part]

    /// A statement from trusted text. What a user typed must never get here.
    public init(raw text: String) { parts = [.text(text)] }

    public init(stringLiteral text: String) { self.init(raw: text) }

    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// The text with a placeholder for each binding, and the bindings in order.
    /// - Parameter placeholder: how the driver writes the binding of this number, the first being 1.
    public func rendered(placeholder: (Int) -> String) -> (text: String, bindings: [SQLData]) {
        var text = "", bindings: [SQLData] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .binding(let value):
                bindings.append(value)
                text += placeholder(bindings.count)
            }
        }
        return (text, bindings)
    }

    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.parts += right.parts
        return sum
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) { parts.reserveCapacity(2 * interpolationCount + 1) }

        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }

        public mutating func appendInterpolation(_ value: some SQLValue) { parts.append(.binding(value.sql)) }

        // Without an overload of its own, the compiler takes an optional for a mistake and warns.
        public mutating func appendInterpolation(_ value: (some SQLValue)?) { parts.append(.binding(value.sql)) }

        /// A list for `IN`, in its parentheses. An empty one matches nothing.
        public mutating func appendInterpolation(_ values: [some SQLValue]) {
            guard !values.isEmpty else { return appendLiteral("(SELECT NULL WHERE FALSE)") }
            for (index, value) in values.enumerated() {
                appendLiteral(index == 0 ? "(" : ", ")
                appendInterpolation(value)
            }
            appendLiteral(")")
        }

        /// Part of a statement.
        public mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }

        /// A value as JSON text.
        public mutating func appendInterpolation(json value: some Schema) { parts.append(.binding(.text(JSON.text(value)))) }
    }
}
