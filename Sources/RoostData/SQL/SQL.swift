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
        /// The values of a list for `IN`, at least one.
        case list([SQLData])
    }

    public private(set) var parts: [Part]

    /// A statement from trusted text. What a user typed must never get here.
    public init(raw text: String) { parts = [.text(text)] }

    public init(stringLiteral text: String) { self.init(raw: text) }

    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// The text with a placeholder for each binding, and the bindings in order.
    /// - Parameters:
    ///   - listSize: how many placeholders the driver writes for a list of so many values, at least as many. Its last value fills up
    ///     the rest, which changes nothing for `IN`: so lists of many lengths share few texts, and few prepared statements.
    ///   - placeholder: how the driver writes the binding of this number, the first being 1.
    public func rendered(
        listSize: (Int) -> Int = { $0 }, placeholder: (Int) -> String
    ) -> (text: String, bindings: [SQLData]) {
        var text = "", bindings: [SQLData] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .binding(let value):
                bindings.append(value)
                text += placeholder(bindings.count)
            case .list(let values):
                let first = bindings.count + 1
                bindings += values
                if let last = values.last { bindings += repeatElement(last, count: max(0, listSize(values.count) - values.count)) }
                text += "(" + (first...bindings.count).map(placeholder).joined(separator: ", ") + ")"
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
        public mutating func appendInterpolation(_ values: [some SQLValue]) { append(list: values.map(\.sql)) }

        private mutating func append(list values: [SQLData]) {
            guard !values.isEmpty else { return appendLiteral("(SELECT NULL WHERE FALSE)") }
            parts.append(.list(values))
        }

        /// The raw value of an enum, or of a typed identifier.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value) where Value.RawValue: SQLValue {
            parts.append(.binding(value.rawValue.sql))
        }

        /// The raw value, or `NULL`.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value?) where Value.RawValue: SQLValue {
            parts.append(.binding(value?.rawValue.sql ?? .null))
        }

        /// A list of raw values for `IN`.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ values: [Value]) where Value.RawValue: SQLValue {
            append(list: values.map(\.rawValue.sql))
        }

        /// Part of a statement.
        public mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }

        /// A value as JSON text.
        public mutating func appendInterpolation(json value: some Schema) { parts.append(.binding(.text(JSON.text(value)))) }

        @_disfavoredOverload
        @available(*, unavailable, message: "what is kept as JSON is a schema: mark the type @Schema")
        public mutating func appendInterpolation<Value>(json value: Value) {}

        @_disfavoredOverload
        @available(
            *, unavailable,
            message:
                "SQL binds a String, Int, Double, Bool, Date, UUID, bytes, what has such a rawValue, and arrays of those; to keep JSON, say \\(json: value)"
        )
        public mutating func appendInterpolation<Value>(_ value: Value) {}

        // As above, an optional has an overload of its own, or the compiler says more.
        @_disfavoredOverload
        @available(
            *, unavailable,
            message:
                "SQL binds a String, Int, Double, Bool, Date, UUID, bytes, what has such a rawValue, and arrays of those; to keep JSON, say \\(json: value)"
        )
        public mutating func appendInterpolation<Value>(_ value: Value?) {}
    }
}
