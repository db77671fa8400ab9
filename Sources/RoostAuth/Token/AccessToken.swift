import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a valid access token says.
public struct AccessToken: Hashable, Sendable {
    /// The token's own id.
    public let id: String
    public let account: String
    /// The session that it was issued in.
    public let session: String
    public let roles: Set<String>
    public let expiresAt: Date
}

/// A token's claims (RFC 7519 §4.1; `sid` and `roles` as OpenID Connect and RFC 9068 name them).
struct AccessClaims: JWTPayload {
    var iss: String
    var sub: String
    var aud: AudienceClaim
    var exp: Int
    var iat: Int
    var nbf: Int?
    var jti: String
    var sid: String
    var roles: [String]

    /// Nothing: `fault` judges the claims, as it is told the time.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// How far two machines' clocks may be apart, in seconds.
    static let leeway = 30.0

    /// Why the token is not to be taken, or `nil`.
    func fault(issuer: String, audience: String, at now: Date) -> String? {
        let time = now.timeIntervalSince1970
        return if iss != issuer {
            "The token is from another issuer."
        } else if !aud.value.contains(audience) {
            "The token is for another audience."
        } else if time >= Double(exp) + Self.leeway {
            "The token has expired."
        } else if max(Double(nbf ?? iat), Double(iat)) > time + Self.leeway {
            "The token is not valid yet."
        } else {
            nil
        }
    }

    var token: AccessToken {
        AccessToken(id: jti, account: sub, session: sid, roles: Set(roles), expiresAt: Date(timeIntervalSince1970: Double(exp)))
    }
}
