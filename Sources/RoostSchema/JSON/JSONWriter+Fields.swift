/// Writes fields that may be omitted, for the expansion of `@Schema`.
extension JSONWriter {
    /// Writes a key with its colon, after a comma if it is not the first in the object.
    /// - Parameter name: The key, which must need no escapes.
    @inlinable
    public mutating func key(_ name: StaticString) {
        // Of all that can precede a key, only an opening brace needs no comma.
        if output.count > 0, output.base[output.count - 1] != UInt8(ascii: "{") { literal(",") }
        literal("\"")
        literal(name)
        literal("\":")
    }

    /// Writes a field, unless it is `nil`.
    @inlinable
    public mutating func present<Value: Schema>(_ name: StaticString, _ value: Value?) {
        guard let value else { return }
        key(name)
        value.encode(to: &self)
    }

    /// Accepts a field of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func present<Value>(_ name: StaticString, _ value: Value) {}
}
