import Crypto
import Roost

/// Random secrets that prove by themselves who issued them, so that one which was replaced can be told from one that was made up, and
/// nothing has to be kept of those that were replaced.
///
/// A secret is 32 random bytes and, behind a dot, their code by HMAC-SHA256 (RFC 2104) with what they were issued for. What is stored of
/// the one that is good is its `Secret.digest`: the code proves that a secret was issued, not that it is good.
public struct ProvenSecret: Sendable {
    private let key: SymmetricKey

    /// - Parameters:
    ///   - signingKey: the issuer's. The key of the codes is derived from it (HKDF, RFC 5869), and is the same at every start.
    ///   - purpose: what the secrets are for, such as `refresh token`.
    public init(of signingKey: SigningKey, purpose: String) { key = signingKey.derived(for: purpose) }

    /// A new secret.
    /// - Parameter subject: what it is issued for, such as a session's id.
    public func issue(for subject: String) -> String {
        let secret = Secret.random(bytes: 32)
        return secret + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Self.content(secret, subject), using: key))
    }

    /// Whether a secret was once issued for this subject.
    public func isIssued(_ text: String, for subject: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let code = Base64URL.decode(parts[1]) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.content(String(parts[0]), subject), using: key)
    }

    private static func content(_ secret: String, _ subject: String) -> [UInt8] { Array("\(subject).\(secret)".utf8) }
}
