/// What expansions of `@Schema` and `@Contract` say and do of a type that is no schema.
///
/// `JSONSchema.of` and `JSONSchema.parameter` say it, each at the line of the user's own code that names the type. Everything else that an
/// expansion does with values takes such a type in silence, so that what is wrong is said once. None of it ever runs: where one of them is
/// chosen, the description of the same field or parameter does not compile.
extension JSONSchema {
    @_disfavoredOverload
    @available(*, unavailable, message: "a type that travels is a schema: mark it @Schema, and if it is generic, what it holds too")
    public static func of<Value>(_ type: Value.Type) -> JSONSchema { .string }

    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "a parameter travels as one text: write @Schema on the enum, or @Schema struct ID: RawRepresentable around a String, a UUID or a number"
    )
    public static func parameter<Value>(_ type: Value.Type) -> JSONSchema { .string }
}

extension JSONReader {
    /// Reads a value that is a schema.
    @inlinable @inline(__always)
    public mutating func read<Value: Schema>(_ type: Value.Type) throws(DecodingFailure) -> Value? { try Value.decode(from: &self) }

    @_disfavoredOverload
    public mutating func read<Value>(_ type: Value.Type) throws(DecodingFailure) -> Value? { throw malformed("\(Value.self) is no schema") }
}

extension JSONWriter {
    /// Writes a value that is a schema.
    @inlinable @inline(__always)
    public mutating func write(_ value: some Schema) { value.encode(to: &self) }

    @_disfavoredOverload
    public mutating func write<Value>(_ value: Value) { literal("null") }
}

extension ProtobufReader {
    @_disfavoredOverload
    public mutating func read<Value>(_ value: inout Value?, _ name: StaticString) throws(DecodingFailure) { try skip() }

    @_disfavoredOverload
    public mutating func settle<Value>(_ value: inout Value?, _ name: StaticString) {}

    @_disfavoredOverload
    public mutating func settle<Value>(_ value: inout Value?, else fallback: @autoclosure () -> Value) {}

    @_disfavoredOverload
    public mutating func single<Value>(_ name: StaticString, as type: Value.Type) throws(DecodingFailure) -> Value? { nil }
}

extension ProtobufWriter {
    @_disfavoredOverload
    public mutating func field<Value>(_ number: Int, _ value: Value) {}

    @_disfavoredOverload
    public mutating func single<Value>(_ number: Int, _ value: Value) {}

    @_disfavoredOverload
    public mutating func present<Value>(_ number: Int, _ value: Value) {}
}
