import Crypto
import JWTKit
import Roost
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies access tokens (RFC 7519 §7.2, with the advice of RFC 8725): `ES256` alone, the issuer, the audience, the time, the session.
public final class TokenVerifier: Sendable {
    private let issuer: String
    private let audience: String
    private let revocations: Revocations?
    private let ring: KeyRing
    private let cache: Mutex<TokenCache>
    private let watch: SessionWatch

    /// - Parameters:
    ///   - revocations: asked at every call; without it a token is good until it expires.
    ///   - capacity: how many verified tokens are remembered.
    ///   - keys: fetches the issuer's keys, from its endpoint.
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

    /// - Throws: a `Problem`: 401 where the token is not to be taken, 503 where that cannot be known.
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
        if try await revocations?.isRevoked(session: access.session) == true { throw Problem.invalidToken("The session is over.") }
        return access
    }

    /// For how long a stream may go on that was asked for with a token: until its session ends, within about a second wherever that was
    /// ended, or until it expires.
    public func validity(of token: AccessToken) -> CallValidity {
        CallValidity { [watch] in try await watch.end(of: token) }
    }

    /// The most bytes that a token may have.
    private static let sizeLimit = 8192

    private func check(_ token: String, at now: Date) async throws(Problem) -> AccessToken {
        guard token.utf8.count <= Self.sizeLimit, let header = Self.header(of: token), header.alg == "ES256",
            header.crit == nil, let id = header.kid
        else { throw .invalidToken("The token is malformed.") }
        guard let key = try await ring.key(id, at: now) else { throw .invalidToken("The token's key is not known.") }
        guard let claims = try? await key.verify(token, as: AccessClaims.self) else {
            throw .invalidToken("The token's signature is wrong.")
        }
        if let fault = claims.fault(issuer: issuer, audience: audience, at: now) { throw .invalidToken(fault) }
        return claims.token
    }

    /// The header of a token in compact form (RFC 7515 §7.1), each of whose parts is written in the one way there is.
    private static func header(of token: String) -> JWTHeader? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Base64URL.decode($0) != nil }), let bytes = Base64URL.decode(parts[0]) else {
            return nil
        }
        return try? JSONDecoder().decode(JWTHeader.self, from: Data(bytes))
    }
}

extension Problem {
    /// 401 for a token that is bad, expired or revoked (RFC 6750 §3.1).
    public static func invalidToken(_ detail: String) -> Problem {
        Problem(
            .unauthorized, detail, headers: ["www-authenticate": "Bearer error=\"invalid_token\", error_description=\"\(detail)\""])
    }
}
