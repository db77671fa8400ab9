import Foundation
import Roost

/// An email address and a password to sign in with.
@Schema
public struct Credentials {
    /// The address of the account.
    @Check(.length(1...254)) public var email: String
    /// The password. Before normalization it may be longer than afterwards.
    @Check(.length(1...512)) public var password: String
}

/// The tokens of a session (RFC 6749 §5.1, in camel case).
@Schema
public struct TokenPair {
    /// A JWT that identifies the caller, for `Authorization: Bearer`.
    public var accessToken: String
    /// Can be exchanged once for a new pair. Using it a second time ends the session.
    public var refreshToken: String
    /// The type of the access token: `Bearer`.
    public var tokenType: String = "Bearer"
    /// The lifetime of the access token in seconds.
    public var expiresIn: Int
}

/// A request for a new pair of tokens.
@Schema
public struct RefreshRequest {
    /// The refresh token of the last pair.
    @Check(.length(1...512)) public var refreshToken: String
}

/// A device or program that is signed in.
@Schema
public struct Session {
    /// The session's identifier.
    public var id: UUID
    /// When the session began.
    public var createdAt: Date
    /// When the session ends unless it is refreshed.
    public var expiresAt: Date
    /// Whether this is the session of the caller.
    public var current: Bool
}
