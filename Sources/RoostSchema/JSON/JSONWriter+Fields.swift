/// Fields, as expansions of `@Schema` write those that may be left out.
extension JSONWriter {
    /// Writes a key with its colon, and the comma before it where it is not the object's first.
    /// - Parameter name: needs no escape.
    @inlinable
    public mutating func key(_ name: StaticString) {
        // Of all that may stand before a key, an opening brace alone takes no comma.
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

    @_disfavoredOverload
    public mutating func present<Value>(_ name: StaticString, _ value: Value) {}
}
