/// How the expansions of `@Schema` and `@Contract` handle a type without a schema.
///
/// `JSONSchema.of` and `JSONSchema.parameter` report it at the line in the user's code that names the type. All other generated code
/// accepts such a type silently, so that the mistake is reported once. None of it ever runs: if one of these overloads is chosen, the
/// description of the same field or parameter does not compile.
extension JSONSchema {
    /// Refuses a type without a schema, with a message that says how to make it one.
    @_disfavoredOverload
    @available(
        *, unavailable, message: "a type that is sent must be a schema: mark it @Schema, and if it is generic, its type arguments too"
    )
    public static func of<Value>(_ type: Value.Type) -> JSONSchema { .string }

    /// Refuses a type that cannot be a parameter, with a message that says how to make it one.
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "a parameter is sent as text: write @Schema on the enum, or @Schema struct ID: RawRepresentable around a String, a UUID or a number"
    )
    public static func parameter<Value>(_ type: Value.Type) -> JSONSchema { .string }
}

extension JSONReader {
    /// Reads a value that is a schema.
    @inlinable @inline(__always)
    public mutating func read<Value: Schema>(_ type: Value.Type) throws(DecodingFailure) -> Value? { try Value.decode(from: &self) }

    /// Accepts a type without a schema, so that the compiler reports the missing `@Schema` once. Never runs.
    @_disfavoredOverload
    public mutating func read<Value>(_ type: Value.Type) throws(DecodingFailure) -> Value? {
        throw malformed("\(Value.self) is not a schema")
    }
}

extension JSONWriter {
    /// Writes a value that is a schema.
    @inlinable @inline(__always)
    public mutating func write(_ value: some Schema) { value.encode(to: &self) }

    /// Accepts a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func write<Value>(_ value: Value) { literal("null") }
}

extension ProtobufReader {
    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func read<Value>(_ value: inout Value?, _ name: StaticString) throws(DecodingFailure) { try skip() }

    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func settle<Value>(_ value: inout Value?, _ name: StaticString) {}

    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func settle<Value>(_ value: inout Value?, else fallback: @autoclosure () -> Value) {}

    /// Accepts a value of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func single<Value>(_ name: StaticString, as type: Value.Type) throws(DecodingFailure) -> Value? { nil }
}

extension ProtobufWriter {
    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func field<Value>(_ number: Int, _ value: Value) {}

    /// Accepts a value of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func single<Value>(_ number: Int, _ value: Value) {}

    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func present<Value>(_ number: Int, _ value: Value) {}
}
