/// Accepts types without a schema in the functions that `@Contract` generates, so that the compiler reports the missing `@Schema` once,
/// where the schema is asked for. None of it ever runs.
extension IncomingCall {
    /// Accepts a path parameter of a type without a schema, so that the compiler reports the missing `@Schema` once. Never runs.
    @_disfavoredOverload
    public mutating func path<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    /// Accepts a query parameter of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func query<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    /// Accepts a header parameter of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func header<Value>(_ name: String, as type: Value.Type) -> Value? { nil }

    /// Accepts a body of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func body<Value>(as type: Value.Type) async throws -> Value? { nil }

    /// Accepts a reply of a type without a schema. Never runs.
    @_disfavoredOverload
    public func reply<Value>(_ value: Value, location: String? = nil) -> Response { Response() }
}

extension OutgoingCall {
    /// Accepts a path parameter of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func path<Value>(_ name: String, _ value: Value) {}

    /// Accepts a query parameter of a type without a schema. Never runs.
    @_disfavoredOverload
    @discardableResult
    public mutating func query<Value>(_ name: String, _ value: Value) -> Value { value }

    /// Accepts a header parameter of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func header<Value>(_ name: String, _ value: Value) {}

    /// Accepts a body of a type without a schema. Never runs.
    @_disfavoredOverload
    public mutating func body<Value>(_ value: Value) {}

    /// Accepts a reply of a type without a schema. Never runs.
    @_disfavoredOverload
    public func send<Reply>(as type: Reply.Type, _ function: @escaping @Sendable (API) async throws -> Reply) async throws -> Reply {
        throw Problem(.internalError)
    }
}
