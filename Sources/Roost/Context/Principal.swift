/// The caller: an account, a service, or nobody known.
public struct Principal: Hashable, Sendable {
    /// The kinds of callers.
    public enum Kind: Hashable, Sendable {
        /// A caller that has not identified itself.
        case anonymous
        /// A person who is signed in.
        case account
        /// Another service of the same system.
        case service
    }

    /// The kind of this caller.
    public let kind: Kind
    /// The account's identifier or the service's name; empty for an anonymous caller.
    public let id: String
    /// The account's roles, such as `admin`.
    public let roles: Set<String>
    /// The identifier of the session that the access token belongs to, if the caller is an account.
    public let session: String?
    /// The account's email address, if its access token names it.
    public let email: String?
    /// The service of the system that makes the call, on its own behalf or for an account; `nil` if the call comes from outside.
    public let callingService: String?

    /// A caller that has not identified itself.
    public static let anonymous = Principal(kind: .anonymous, id: "", roles: [], session: nil, email: nil, callingService: nil)

    /// Returns a signed-in account.
    /// - Parameters:
    ///   - id: The account's identifier.
    ///   - roles: The account's roles, such as `admin`.
    ///   - session: The identifier of the session that the access token belongs to.
    ///   - email: The account's email address, if it is known.
    public static func account(_ id: String, roles: Set<String> = [], session: String? = nil, email: String? = nil) -> Principal {
        Principal(kind: .account, id: id, roles: roles, session: session, email: email, callingService: nil)
    }

    /// Returns a service of the system that calls on its own behalf.
    /// - Parameter name: The service's name.
    public static func service(_ name: String) -> Principal {
        Principal(kind: .service, id: name, roles: [], session: nil, email: nil, callingService: name)
    }

    /// Returns this caller, for a call that a service makes on its behalf. A call on behalf of an anonymous caller becomes the service's
    /// own.
    public func through(service name: String) -> Principal {
        if kind == .anonymous { return .service(name) }
        return Principal(kind: kind, id: id, roles: roles, session: session, email: email, callingService: name)
    }
}
