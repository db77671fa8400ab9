/// The request and the response themselves, which a type marked `@Service` may take and give, and a contract may not. The user may have
/// types of these names, so it is for the compiler to tell them apart.
extension JSONSchema {
    /// The schema of a body or a reply.
    public static func orNone<Value: Schema>(_ type: Value.Type) -> JSONSchema? { Value.schema }
    /// None: the function reads the request itself.
    public static func orNone(_ type: Request.Type) -> JSONSchema? { nil }
    /// None: the function makes the response itself.
    public static func orNone(_ type: Response.Type) -> JSONSchema? { nil }

    @_disfavoredOverload
    @available(*, unavailable, message: "a type that travels is a schema: mark it @Schema")
    public static func orNone<Value>(_ type: Value.Type) -> JSONSchema? { nil }

    @available(*, unavailable, message: "a contract's parameters are values: the Request is for a type marked @Service")
    public static func of(_ type: Request.Type) -> JSONSchema { .binary }

    @available(*, unavailable, message: "a contract's parameters are values: the Request is for a type marked @Service")
    public static func parameter(_ type: Request.Type) -> JSONSchema { .binary }

    @available(*, unavailable, message: "a contract's reply is a schema: a Response of one's own is for a type marked @Service")
    public static func of(_ type: Response.Type) -> JSONSchema { .binary }
}

extension JSONSchema {
    @available(
        *, unavailable,
        message: "RawBody is what a request sends: use a String, in base 64, or reply with a Response of a type marked @Service"
    )
    public static func of<Value>(_ type: Value.Type, holding part: RawBody.Type) -> JSONSchema { .binary }
}

extension IncomingCall {
    /// The request itself.
    public func body(as type: Request.Type) async throws -> Request? { request }
}
