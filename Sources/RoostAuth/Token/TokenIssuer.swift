import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Issues access tokens: JWTs (RFC 7519) signed with `ES256`.
public struct TokenIssuer: Sendable {
    private let issuer: String
    private let audience: String
    private let key: SigningKey
    /// How long a token lives, in seconds.
    public let lifetime: Int

    /// - Parameters:
    ///   - issuer: who issues, as `iss` names it.
    ///   - audience: whom the tokens are for, as `aud` names it.
    ///   - lifetime: how long a token lives, in seconds.
    public init(issuer: String, audience: String, key: SigningKey, lifetime: Int = 900) {
        self.issuer = issuer
        self.audience = audience
        self.key = key
        self.lifetime = lifetime
    }

    /// The keys that verify this issuer's tokens.
    public var keys: JSONWebKeySet { JSONWebKeySet(keys: [key.webKey]) }

    /// - Parameters:
    ///   - session: the session to whose end the token is bound.
    ///   - roles: what the account may do.
    public func issue(
        to account: String, session: String, roles: Set<String> = [], at now: Date = Date()
    ) async throws -> String {
        let time = Int(now.timeIntervalSince1970)
        return try await key.sign(
            AccessClaims(
                iss: issuer, sub: account, aud: AudienceClaim(value: [audience]), exp: time + lifetime, iat: time,
                jti: UUID.v7(at: now).text, sid: session, roles: roles.sorted()))
    }
}
