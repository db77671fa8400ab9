import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The claims of a signed principal (RFC 7519 §4.1): those of an access token, and which one it was.
struct PrincipalClaims: JWTPayload {
    /// The type in the header, so that no other token is taken for a signed principal (RFC 8725 §3.11).
    static let type = "principal+jwt"

    var sub: String
    var aud: AudienceClaim
    var exp: Int
    var iat: Int
    var jti: String
    var sid: String
    var roles: [String]
    var email: String?
    /// The SHA-256 digest of the access token in base64url, as in RFC 9449 §4.2.
    var ath: String
    /// When the access token expires.
    var ate: Int

    init(_ access: AccessToken, digest: String, audience: String, lifetime: Int, at now: Date) {
        let time = Int(now.timeIntervalSince1970), end = Int(access.expiresAt.timeIntervalSince1970)
        sub = access.account
        aud = AudienceClaim(value: [audience])
        exp = min(time + lifetime, end)
        iat = time
        jti = access.id
        sid = access.session
        roles = access.roles.sorted()
        email = access.email
        ath = digest
        ate = end
    }

    /// Does nothing, because `isValid(for:audience:at:)` checks the claims with an explicit time.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// Returns whether the claims speak of this token, to this system, now.
    func isValid(for token: String, audience: String, at now: Date) -> Bool {
        let time = now.timeIntervalSince1970
        return aud.value == [audience] && time < Double(exp) && Double(iat) <= time + AccessClaims.leeway
            && exp - iat <= PrincipalSigner.lifetime && exp <= ate && Secret.digest(token) == ath
    }

    var token: AccessToken {
        AccessToken(
            id: jti, account: sub, session: sid, roles: Set(roles), email: email, expiresAt: Date(timeIntervalSince1970: Double(ate)))
    }
}
