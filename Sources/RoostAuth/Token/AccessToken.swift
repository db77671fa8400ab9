import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The content of a valid access token.
public struct AccessToken: Hashable, Sendable {
    /// The token's identifier (`jti`).
    public let id: String
    /// The identifier of the account that it was issued to (`sub`).
    public let account: String
    /// The identifier of the session that it belongs to (`sid`).
    public let session: String
    /// The account's roles at the time of issue.
    public let roles: Set<String>
    /// The account's email address (`email`, OpenID Connect Core §5.1), if the issuer names it.
    public let email: String?
    /// When the token expires.
    public let expiresAt: Date
}

/// The claims of a token (RFC 7519 §4.1). `sid`, `email` and `roles` are named as in OpenID Connect and RFC 9068.
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
    var email: String?

    /// Does nothing, because `fault(issuer:audience:at:)` checks the claims with an explicit time.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// How far the clocks of two machines may differ, in seconds.
    static let leeway = 30.0

    /// Returns why the token is invalid, or `nil` if it is valid.
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
        AccessToken(
            id: jti, account: sub, session: sid, roles: Set(roles), email: email, expiresAt: Date(timeIntervalSince1970: Double(exp)))
    }
}

extension AccessToken {
    /// The caller that the token identifies.
    var principal: Principal { .account(account, roles: roles, session: session, email: email) }
}
