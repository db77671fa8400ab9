/// What the functions that `@Contract` makes do with a type that is no schema: nothing, in silence. That the type must be marked is said once,
/// where its schema is asked for. None of it ever runs.
extension IncomingCall {
    @_disfavoredOverload
    public mutating func path<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    @_disfavoredOverload
    public mutating func query<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    @_disfavoredOverload
    public mutating func header<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    @_disfavoredOverload
    public mutating func body<Value>(as type: Value.Type) async throws -> Value? { nil }

    @_disfavoredOverload
    public func reply<Value>(_ value: Value, location: String? = nil) -> Response { Response() }
}

extension OutgoingCall {
    @_disfavoredOverload
    public mutating func path<Value>(_ name: String, _ value: Value) {}

    @_disfavoredOverload
    public mutating func query<Value>(_ name: String, _ value: Value) {}

    @_disfavoredOverload
    public mutating func header<Value>(_ name: String, _ value: Value) {}

    @_disfavoredOverload
    public mutating func body<Value>(_ value: Value) {}

    @_disfavoredOverload
    public func send<Reply>(as type: Reply.Type, _ function: @escaping @Sendable (API) async throws -> Reply) async throws -> Reply {
        throw Problem(.internalError)
    }
}
