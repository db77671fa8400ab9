/// Who calls.
public struct Principal: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Nobody said who they are.
        case anonymous
        /// A person, signed in.
        case account
        /// Another service of the same system.
        case service
    }

    public let kind: Kind
    /// The account's id or the service's name; empty where nobody said who they are.
    public let id: String
    /// What the account may do, such as `admin`.
    public let roles: Set<String>
    /// The session that the access token belongs to, where it is an account.
    public let session: String?
    /// The service of the same system that makes the call, for itself or for an account; `nil` where the call comes from outside.
    public let callingService: String?

    public static let anonymous = Principal(kind: .anonymous, id: "", roles: [], session: nil, callingService: nil)

    public static func account(_ id: String, roles: Set<String> = [], session: String? = nil) -> Principal {
        Principal(kind: .account, id: id, roles: roles, session: session, callingService: nil)
    }

    public static func service(_ name: String) -> Principal {
        Principal(kind: .service, id: name, roles: [], session: nil, callingService: name)
    }

    /// The same caller, whose call a service of the system makes for it. Nobody's call becomes the service's own.
    public func through(service name: String) -> Principal {
        if kind == .anonymous { return .service(name) }
        return Principal(kind: kind, id: id, roles: roles, session: session, callingService: name)
    }
}
