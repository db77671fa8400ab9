import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Issues access tokens: JSON Web Tokens (RFC 7519) signed with `ES256`.
public struct TokenIssuer: Sendable {
    private let issuer: String
    private let audience: String
    private let key: SigningKey
    /// How long a token is valid, in seconds.
    public let lifetime: Int

    /// Creates an issuer.
    /// - Parameters:
    ///   - issuer: The name of the issuer (`iss`).
    ///   - audience: The intended recipients (`aud`), such as the name of the system.
    ///   - key: The key that signs the tokens.
    ///   - lifetime: How long a token is valid, in seconds.
    public init(issuer: String, audience: String, key: SigningKey, lifetime: Int = 900) {
        self.issuer = issuer
        self.audience = audience
        self.key = key
        self.lifetime = lifetime
    }

    /// The public keys that verify this issuer's tokens.
    public var keys: JSONWebKeySet { JSONWebKeySet(keys: [key.webKey]) }

    /// Returns a new access token.
    /// - Parameters:
    ///   - account: The identifier of the account that the token is for.
    ///   - session: The session that the token belongs to. Revoking the session revokes the token.
    ///   - roles: The roles of the account.
    ///   - email: The email address of the account, for services that need it. It can be read by everyone who sees the token.
    ///   - now: The time of issue.
    /// - Throws: An error if the token cannot be signed.
    public func issue(
        to account: String, session: String, roles: Set<String> = [], email: String? = nil, at now: Date = Date()
    ) async throws -> String {
        let time = Int(now.timeIntervalSince1970)
        return try await key.sign(
            AccessClaims(
                iss: issuer, sub: account, aud: AudienceClaim(value: [audience]), exp: time + lifetime, iat: time,
                jti: UUID.v7(at: now).text, sid: session, roles: roles.sorted(), email: email))
    }
}
