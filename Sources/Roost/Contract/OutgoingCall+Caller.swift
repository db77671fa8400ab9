/// The caller of a call is not sent, because the callee knows it from credentials. A client's function takes it all the same, so that the
/// contract has one signature on both sides.
extension OutgoingCall {
    /// Checks that a caller who is passed as an argument is the one for whom the call is made.
    /// - Throws: A `Problem` with the code `other_caller` if the argument is not the caller of the current call.
    public func caller(_ caller: Principal) throws(Problem) {
        if let principal = knownCaller, principal != caller { throw otherCaller }
    }

    /// Checks that an account which is passed as the caller is the one for which the call is made.
    /// - Throws: A `Problem` with the code `other_caller` if the argument is not the account that made the current call.
    public func caller(_ caller: Principal.Account?) throws(Problem) {
        if let principal = knownCaller, caller != .signedIn, principal.account != caller { throw otherCaller }
    }

    /// Checks that a service which is passed as the caller is the one that makes the call.
    /// - Throws: A `Problem` with the code `other_caller` if the argument is another service.
    public func caller(_ caller: Principal.Service?) throws(Problem) {
        let name =
            switch callee.way {
            case .wire(let caller): caller.serviceName
            case .local(let callee): callee.caller
            }
        if let name, name != caller?.name { throw otherCaller }
    }

    /// The caller of the current call; `nil` outside a call, and if the context has the credentials of a caller whom it does not know. The
    /// callee then finds out who calls.
    private var knownCaller: Principal? {
        guard let context = RequestContext.current else { return nil }
        return context.principal.kind == .anonymous && context.authorization != nil ? nil : context.principal
    }

    private var otherCaller: Problem {
        Problem(
            .internalError, "\(route.operation) was called for someone else: a call is always made for the current caller.",
            code: .otherCaller)
    }
}

extension Problem.Code {
    /// A client was called with a caller that is not the one for which it makes calls.
    public static let otherCaller = Problem.Code(rawValue: "other_caller")
}
