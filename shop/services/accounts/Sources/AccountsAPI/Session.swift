import Foundation
import Roost

/// What it takes to sign in.
@Schema
public struct Credentials {
    @Check(.length(1...254)) public var email: String
    /// As it comes it may be longer than as it is compared.
    @Check(.length(1...512)) public var password: String
}

/// Tokens of a session (RFC 6749 §5.1, in camel case).
@Schema
public struct TokenPair {
    /// A JWT that says who calls, for `Authorization: Bearer`.
    public var accessToken: String
    /// Gives a new pair once; used again, it ends the session.
    public var refreshToken: String
    public var tokenType: String = "Bearer"
    /// Seconds until the access token is refused.
    public var expiresIn: Int
}

/// A refresh token, to be changed for a new pair.
@Schema
public struct RefreshRequest {
    @Check(.length(1...512)) public var refreshToken: String
}

/// A device or program that is signed in.
@Schema
public struct Session {
    public var id: UUID
    public var createdAt: Date
    public var expiresAt: Date
    /// Whether it is the one that asks.
    public var current: Bool
}
