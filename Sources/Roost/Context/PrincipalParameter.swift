/// The type of a parameter that is filled with the caller of a call: `Principal`, `Principal.Account`, `Principal.Service`, or an optional
/// account or service.
public protocol PrincipalParameter: Hashable, Sendable {
    /// Creates the argument for a call of this caller.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous, or 403 if it is of another kind.
    init(caller: Principal) throws(Problem)
}

extension Principal: PrincipalParameter {
    /// Creates the argument for a call of this caller, which may be anonymous.
    public init(caller: Principal) { self = caller }
}

extension Principal.Account: PrincipalParameter {
    /// Creates the argument for a call of this caller.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous, or 403 if it is a service on its own behalf.
    public init(caller: Principal) throws(Problem) {
        if caller.kind == .anonymous { throw Access.unauthenticated }
        guard let account = caller.account else { throw Problem(.forbidden, "Only accounts may call this.") }
        self = account
    }
}

extension Principal.Service: PrincipalParameter {
    /// Creates the argument for a call of this caller.
    /// - Throws: A `Problem` with status 403 if the call comes from outside.
    public init(caller: Principal) throws(Problem) {
        guard let service = caller.service else { throw Access.notAService }
        self = service
    }
}

extension Optional: PrincipalParameter where Wrapped: PrincipalParameter {
    /// Creates the argument for a call of this caller; `nil` if it is of another kind.
    public init(caller: Principal) {
        do throws(Problem) { self = try Wrapped(caller: caller) } catch { self = nil }
    }
}

extension RequestContext {
    /// Returns the caller of the current call as the argument of a parameter.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous or there is no call, or 403 if the caller is of another kind.
    public static func caller<Value: PrincipalParameter>(as type: Value.Type) throws(Problem) -> Value {
        try Value(caller: scoped?.principal ?? .anonymous)
    }
}
