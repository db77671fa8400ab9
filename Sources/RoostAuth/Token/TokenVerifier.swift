import Crypto
import JWTKit
import Roost
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies access tokens (RFC 7519 §7.2, following RFC 8725): the signature, which must be `ES256`, the issuer, the audience, the time and
/// the session.
public final class TokenVerifier: Sendable {
    private let issuer: String
    private let audience: String
    private let revocations: Revocations?
    private let ring: KeyRing
    private let cache: Mutex<TokenCache<AccessToken>>
    private let watch: SessionWatch

    /// Creates a verifier.
    /// - Parameters:
    ///   - issuer: The name of the issuer whose tokens are accepted (`iss`).
    ///   - audience: The audience that a token must name (`aud`).
    ///   - revocations: Checked at every call. If `nil`, a token is valid until it expires.
    ///   - capacity: How many verified tokens are cached.
    ///   - keys: Fetches the issuer's public keys.
    public init(
        issuer: String, audience: String, revocations: Revocations? = nil, capacity: Int = 10_000,
        keys: @escaping @Sendable () async throws -> JSONWebKeySet
    ) {
        self.issuer = issuer
        self.audience = audience
        self.revocations = revocations
        ring = KeyRing(fetch: keys)
        cache = Mutex(TokenCache(capacity: capacity))
        watch = SessionWatch(revocations)
    }

    /// Verifies a token.
    /// - Parameters:
    ///   - token: The token in compact form (RFC 7515 §7.1).
    ///   - now: The current time.
    /// - Returns: The content of the token.
    /// - Throws: A `Problem` with status 401 if the token is invalid, or 503 if the issuer's keys are not available; whatever the store of
    ///   `revocations` throws.
    public func verify(_ token: String, at now: Date = Date()) async throws -> AccessToken {
        let hash = SHA256.hash(data: Array(token.utf8))
        let access: AccessToken
        if let known = cache.withLock({ $0.find(hash) }) {
            access = known
        } else {
            access = try await check(token, at: now)
            cache.withLock { $0.insert(access, hash) }
        }
        guard now.timeIntervalSince(access.expiresAt) < AccessClaims.leeway else { throw Problem.invalidToken("The token has expired.") }
        if try await revocations?.isRevoked(session: access.session) == true { throw Problem.invalidToken("The session has ended.") }
        return access
    }

    /// Returns how long a stream opened with this token may continue: until the token expires, or until about a second after its session
    /// was ended in any process.
    public func validity(of token: AccessToken) -> CallValidity {
        CallValidity { [watch] in try await watch.end(of: token) }
    }

    /// The largest size of a token, in bytes.
    private static let sizeLimit = 8192

    private func check(_ token: String, at now: Date) async throws(Problem) -> AccessToken {
        guard token.utf8.count <= Self.sizeLimit, let header = JWTHeader(of: token), header.alg == "ES256",
            header.crit == nil, let id = header.kid
        else { throw .invalidToken("The token is malformed.") }
        guard let key = try await ring.key(id, at: now) else { throw .invalidToken("The token's key is unknown.") }
        guard let claims = try? await key.verify(token, as: AccessClaims.self) else {
            throw .invalidToken("The token's signature is wrong.")
        }
        if let fault = claims.fault(issuer: issuer, audience: audience, at: now) { throw .invalidToken(fault) }
        return claims.token
    }
}

extension Problem {
    /// Returns a problem with status 401 for a token that is malformed, expired or revoked (RFC 6750 §3.1).
    /// - Parameter detail: What is wrong with the token. It is sent to the client in the body and in `WWW-Authenticate`.
    public static func invalidToken(_ detail: String) -> Problem {
        Problem(
            .unauthorized, detail, headers: ["www-authenticate": "Bearer error=\"invalid_token\", error_description=\"\(detail)\""])
    }
}
