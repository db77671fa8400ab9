/// The request and the response themselves, which functions of a type marked `@Service` can use, but not those of a contract. The user's
/// own types may have the same names, so the compiler tells them apart.
extension JSONSchema {
    /// Returns the schema of a body or a reply.
    public static func orNone<Value: Schema>(_ type: Value.Type) -> JSONSchema? { Value.schema }
    /// Returns `nil`: the function reads the request itself.
    public static func orNone(_ type: Request.Type) -> JSONSchema? { nil }
    /// Returns `nil`: the function makes the response itself.
    public static func orNone(_ type: Response.Type) -> JSONSchema? { nil }

    /// Refuses a body or a reply that is not a schema, with a message that tells how to make it one.
    @_disfavoredOverload
    @available(*, unavailable, message: "a type that is sent must be a schema: mark it @Schema")
    public static func orNone<Value>(_ type: Value.Type) -> JSONSchema? { nil }

    /// Refuses a `Request` as the body of a contract's function.
    @available(*, unavailable, message: "a contract's parameters must be schemas: only a type marked @Service can take the Request")
    public static func of(_ type: Request.Type) -> JSONSchema { .binary }

    /// Refuses a `Request` as a parameter of a contract's function.
    @available(*, unavailable, message: "a contract's parameters must be schemas: only a type marked @Service can take the Request")
    public static func parameter(_ type: Request.Type) -> JSONSchema { .binary }

    /// Refuses a `Response` as the reply of a contract's function.
    @available(*, unavailable, message: "a contract's reply must be a schema: only a type marked @Service can return a Response")
    public static func of(_ type: Response.Type) -> JSONSchema { .binary }
}

extension JSONSchema {
    /// Refuses a type that contains a `RawBody`.
    @available(
        *, unavailable,
        message: "RawBody is for requests only: reply with a String in base64, or with a Response of a type marked @Service"
    )
    public static func of<Value>(_ type: Value.Type, holding part: RawBody.Type) -> JSONSchema { .binary }
}

extension IncomingCall {
    /// Returns the request itself.
    public func body(as type: Request.Type) async throws -> Request? { request }
}
