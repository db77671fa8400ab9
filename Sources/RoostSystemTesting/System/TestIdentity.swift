/// The identity with which a test calls a service over HTTP.
public enum TestIdentity: Sendable {
    /// A caller who is not signed in.
    case anyone
    /// The account that an access token was issued to.
    case bearer(String)
    /// A service of the system, on its own behalf or, with an access token, on an account's.
    case service(String, token: String? = nil)
}
