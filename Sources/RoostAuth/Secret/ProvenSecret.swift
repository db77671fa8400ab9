import Crypto
import Roost

/// Issues random secrets that carry proof of their issuer, so that a secret that was replaced can be told from one that was made up,
/// without storing the replaced ones.
///
/// A secret consists of 32 random bytes, a dot, and an HMAC-SHA256 code (RFC 2104) of these bytes and the subject that they were issued
/// for. The code proves that a secret was issued, not that it is still valid: store the `Secret.digest` of the valid one.
public struct ProvenSecret: Sendable {
    private let key: SymmetricKey

    /// Creates an issuer of secrets.
    /// - Parameters:
    ///   - signingKey: The issuer's key. The key of the codes is derived from it (HKDF, RFC 5869), so it stays the same across restarts.
    ///   - purpose: What the secrets are for, such as `refresh token`. Secrets of one purpose are not valid for another.
    public init(of signingKey: SigningKey, purpose: String) { key = signingKey.derived(for: purpose) }

    /// Returns a new secret.
    /// - Parameter subject: What it is issued for, such as a session's identifier.
    public func issue(for subject: String) -> String {
        let secret = Secret.random(bytes: 32)
        return secret + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Self.content(secret, subject), using: key))
    }

    /// Returns whether a secret was issued for this subject, at any time.
    public func isIssued(_ text: String, for subject: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let code = Base64URL.decode(parts[1]) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.content(String(parts[0]), subject), using: key)
    }

    private static func content(_ secret: String, _ subject: String) -> [UInt8] { Array("\(subject).\(secret)".utf8) }
}
