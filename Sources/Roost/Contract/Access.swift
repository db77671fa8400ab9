/// Who may call a route. Checked before the handler runs, on every wire.
public enum Access: Hashable, Sendable {
    /// Everyone.
    case anyone
    /// Everyone who is signed in.
    case signedIn
    /// Accounts with this role.
    case role(String)
    /// Other services of the same system, for themselves or for an account. Never reachable through the gateway.
    case services

    /// - Throws: a `Problem`: 401 where nobody is signed in, 403 where the caller may not.
    public func check(_ principal: Principal) throws(Problem) {
        switch self {
        case .anyone: return
        case .signedIn:
            if principal.kind == .anonymous { throw Self.unauthenticated }
        case .role(let role):
            if principal.kind == .anonymous { throw Self.unauthenticated }
            if !principal.roles.contains(role) { throw Problem(.forbidden, "This takes the role \(role).") }
        case .services:
            if principal.callingService == nil { throw Problem(.forbidden, "This is for the system's own services.") }
        }
    }

    private static var unauthenticated: Problem {
        Problem(.unauthorized, "Sign in first: this takes a bearer token.", headers: ["www-authenticate": "Bearer"])
    }
}
