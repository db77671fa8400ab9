/// Who may call a route. It is checked before the handler runs, in every protocol.
public enum Access: Hashable, Sendable {
    /// Everyone.
    case anyone
    /// Everyone who is signed in.
    case signedIn
    /// Accounts with this role.
    case role(String)
    /// Other services of the system, on their own behalf or for an account. The route cannot be reached through the gateway.
    case services

    /// Checks whether a caller may call the route.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous, or 403 if it may not call the route.
    public func check(_ principal: Principal) throws(Problem) {
        switch self {
        case .anyone: return
        case .signedIn:
            if principal.kind == .anonymous { throw Self.unauthenticated }
        case .role(let role):
            if principal.kind == .anonymous { throw Self.unauthenticated }
            if !principal.roles.contains(role) { throw Problem(.forbidden, "This requires the role \(role).") }
        case .services:
            if principal.callingService == nil { throw Self.notAService }
        }
    }

    static var unauthenticated: Problem {
        Problem(.unauthorized, "Sign in first: this requires a bearer token.", headers: ["www-authenticate": "Bearer"])
    }

    static var notAService: Problem { Problem(.forbidden, "Only services of the system may call this.") }
}
