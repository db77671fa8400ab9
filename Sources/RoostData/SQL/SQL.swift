import Roost

/// A statement whose interpolations are bindings and never part of its text: `"SELECT * FROM accounts WHERE email = \(email)"`.
///
/// An interpolated array is a list for `IN`: `"… WHERE sku IN \(skus)"`.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// A part of a statement.
    public enum Part: Sendable, Hashable {
        /// Text of the statement.
        case text(String)
        /// A value that is bound.
        case binding(SQLData)
        /// The values of a list for `IN`, at least one.
        case list([SQLData])
    }

    /// The parts of the statement, in order.
    public private(set) var parts: [Part]

    /// Creates a statement from trusted text. Never pass text that comes from a user.
    public init(raw text: String) { parts = [.text(text)] }

    /// Creates a statement from a literal.
    public init(stringLiteral text: String) { self.init(raw: text) }

    /// Creates a statement from a literal with interpolations, which become bindings.
    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Returns the statement as a driver runs it, with a placeholder for each binding.
    ///
    /// A list becomes a power of two of placeholders, or for long lists a multiple of 1024, and is filled with its last value, which makes
    /// no difference for `IN`. Lists of many lengths then share few texts, and so few prepared statements.
    public var statement: Statement {
        if parts.count == 1, case .text(let text) = parts[0] { return Statement(text) }
        var statement = Statement("")
        statement.append(self)
        return statement
    }

    /// Joins two statements, to build conditions from parts. No space is added between them.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.parts += right.parts
        return sum
    }

    /// Collects the text and the bindings of an interpolated statement.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var parts: [Part] = []

        /// Creates an interpolation without content.
        public init(literalCapacity: Int, interpolationCount: Int) { parts.reserveCapacity(2 * interpolationCount + 1) }

        /// Appends text of the statement.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }

        /// Appends a binding.
        public mutating func appendInterpolation(_ value: some SQLValue) { parts.append(.binding(value.sql)) }

        // Without an overload of its own, the compiler warns about an optional.
        /// Appends a binding whose value may be `NULL`.
        public mutating func appendInterpolation(_ value: (some SQLValue)?) { parts.append(.binding(value.sql)) }

        /// Appends a list for `IN`, in parentheses. An empty list matches nothing.
        public mutating func appendInterpolation<Value: SQLValue>(_ values: [Value]) {
            append(list: values.map(\.sql), of: Value.columnType)
        }

        private mutating func append(list values: [SQLData], of type: ColumnType) {
            guard values.isEmpty else { return parts.append(.list(values)) }
            // PostgreSQL takes a NULL without a type for a text. SQLite accepts any name of a type.
            appendLiteral("(SELECT CAST(NULL AS \(Dialect.postgres.name(of: type))) WHERE FALSE)")
        }

        /// Appends the raw value of an enum or a typed identifier.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value) where Value.RawValue: SQLValue {
            parts.append(.binding(value.rawValue.sql))
        }

        /// Appends a raw value, or `NULL`.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value?) where Value.RawValue: SQLValue {
            parts.append(.binding(value?.rawValue.sql ?? .null))
        }

        /// Appends a list of raw values for `IN`.
        @_disfavoredOverload
        public mutating func appendInterpolation<Value: RawRepresentable>(_ values: [Value]) where Value.RawValue: SQLValue {
            append(list: values.map(\.rawValue.sql), of: Value.RawValue.columnType)
        }

        /// Appends another statement as a part of this one.
        public mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }

        /// Appends the names of all columns of a model, separated by commas, as `fetch(_:_:)` expects them.
        public mutating func appendInterpolation<Row: Model>(columns model: Row.Type) { parts.append(.text(Row.table.columnList)) }

        /// Appends the name of a model's table.
        public mutating func appendInterpolation<Row: Model>(table model: Row.Type) { parts.append(.text(Row.table.quotedName)) }

        /// Appends a value as JSON text.
        public mutating func appendInterpolation(json value: some Schema) { parts.append(.binding(.text(JSON.text(value)))) }

        /// Refuses to bind a type without a schema as JSON.
        @_disfavoredOverload
        @available(*, unavailable, message: "a type that is stored as JSON must be a schema: mark it @Schema")
        public mutating func appendInterpolation<Value>(json value: Value) {}

        /// Refuses to bind a type that no column holds, with a message that says which types there are.
        @_disfavoredOverload
        @available(
            *, unavailable,
            message:
                "SQL binds a String, Int, Double, Bool, Date, UUID, bytes, a type with such a rawValue, and arrays of those; to store JSON, write \\(json: value)"
        )
        public mutating func appendInterpolation<Value>(_ value: Value) {}

        // As above, without an overload for optionals the compiler reports more.
        /// Refuses to bind a type that no column holds, with a message that says which types there are.
        @_disfavoredOverload
        @available(
            *, unavailable,
            message:
                "SQL binds a String, Int, Double, Bool, Date, UUID, bytes, a type with such a rawValue, and arrays of those; to store JSON, write \\(json: value)"
        )
        public mutating func appendInterpolation<Value>(_ value: Value?) {}
    }
}
