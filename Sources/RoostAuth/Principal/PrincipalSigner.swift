import Crypto
import JWTKit
import Roost
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs who calls, and verifies such a statement, so that an access token is checked once, at the system's gateway, and not again by each
/// service that a request reaches.
///
/// A signed principal is a JSON Web Token (RFC 7519) with the content of the access token, signed with HMAC-SHA256 (`HS256`, RFC 7518 §3.2)
/// by a key that is derived from the key of the system. It travels in the header field `x-principal`, beside the access token that it
/// names by its digest, and is worth nothing without that. It is valid for a minute at most, and never longer than the token. Within that
/// minute, services do not notice that the session was ended; the gateway, which every request from outside passes, does.
public final class PrincipalSigner: Sendable {
    /// The header field in which a signed principal travels.
    public static let field = "x-principal"
    /// The longest life of a signed principal, in seconds.
    static let lifetime = 60
    /// How long the gateway uses one again, in seconds.
    static let reuse = 30.0
    /// The largest size of a signed principal, in bytes.
    private static let sizeLimit = 8192

    private let audience: String
    private let key: HMACKey
    private let signed: Mutex<TokenCache<SignedPrincipal>>
    private let verified: Mutex<TokenCache<PrincipalClaims>>

    /// Creates a signer.
    /// - Parameters:
    ///   - systemKey: The secret that the gateway and the services of one system share.
    ///   - audience: The system for whose services principals are signed (`aud`).
    ///   - capacity: How many signed principals are cached, and how many verified ones.
    public init(systemKey: String, audience: String, capacity: Int = 10_000) {
        self.audience = audience
        key = HMACKey(
            key: HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Array(systemKey.utf8)), info: Array("roost principal".utf8), outputByteCount: 32))
        signed = Mutex(TokenCache(capacity: capacity))
        verified = Mutex(TokenCache(capacity: capacity))
    }

    /// Signs the principal of an access token that was verified, or returns a statement that was signed a moment ago.
    /// - Parameters:
    ///   - access: The content of the token.
    ///   - token: The token in compact form.
    ///   - now: The current time.
    /// - Throws: An error if it cannot be signed.
    public func sign(_ access: AccessToken, for token: String, at now: Date = Date()) async throws -> String {
        let hash = SHA256.hash(data: Array(token.utf8))
        if let known = signed.withLock({ $0.find(hash) }), abs(now.timeIntervalSince(known.date)) < Self.reuse { return known.text }
        let claims = PrincipalClaims(access, digest: Base64URL.encode(hash), audience: audience, lifetime: Self.lifetime, at: now)
        let text = try await keys().sign(claims, header: ["typ": .string(PrincipalClaims.type)])
        signed.withLock { $0.insert(SignedPrincipal(text: text, date: now), hash) }
        return text
    }

    /// Verifies a signed principal.
    /// - Parameters:
    ///   - text: The value of the header field.
    ///   - token: The access token that came with it.
    ///   - now: The current time.
    /// - Returns: The content of the access token, or `nil` if the statement is not valid: then the token itself is to be verified.
    public func verify(_ text: String, for token: String, at now: Date = Date()) async -> AccessToken? {
        guard text.utf8.count <= Self.sizeLimit else { return nil }
        let hash = SHA256.hash(data: Array(text.utf8))
        let claims: PrincipalClaims
        if let known = verified.withLock({ $0.find(hash) }) {
            claims = known
        } else {
            guard let header = JWTHeader(of: text), header.alg == "HS256", header.typ == PrincipalClaims.type, header.crit == nil,
                let signed = try? await keys().verify(text, as: PrincipalClaims.self)
            else { return nil }
            claims = signed
            verified.withLock { $0.insert(signed, hash) }
        }
        return claims.isValid(for: token, audience: audience, at: now) ? claims.token : nil
    }

    private func keys() async -> JWTKeyCollection { await JWTKeyCollection().add(hmac: key, digestAlgorithm: .sha256) }
}

/// A principal as it was signed, and when.
private struct SignedPrincipal {
    let text: String
    let date: Date
}
