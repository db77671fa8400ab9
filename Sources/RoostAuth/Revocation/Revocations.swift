import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sessions that ended before their access tokens expired, kept in the store that all services share.
public struct Revocations: Sendable {
    private let store: any KeyValueStore

    /// Creates the list.
    /// - Parameter store: A store shared by the issuer and every service that verifies its tokens.
    public init(store: any KeyValueStore) { self.store = store }

    /// Revokes a session's tokens from now on, in every service.
    /// - Parameters:
    ///   - session: The session's identifier.
    ///   - until: When the session's last token expires. The entry is kept for as long as any service could accept one.
    ///   - now: The current time.
    /// - Throws: Whatever the store throws.
    public func revoke(session: String, until: Date, at now: Date = Date()) async throws {
        let lifetime = until.timeIntervalSince(now) + 2 * AccessClaims.leeway
        guard lifetime > 0 else { return }
        try await store.put(Self.key(session), [1], ttl: .seconds(lifetime), if: .always)
        // Written after the session's own entry, so that a watcher that sees this change also finds the entry.
        try await store.put(Self.mark, [1], ttl: nil, if: .always)
    }

    /// A version that changes with each revocation, so that a watcher of many sessions need not look up each of them.
    func latest() async throws -> StoreVersion? { try await store.get(Self.mark)?.version }

    /// Returns whether a session's tokens are revoked.
    public func isRevoked(session: String) async throws -> Bool { try await store.get(Self.key(session)) != nil }

    private static let mark = "revoked-sessions"

    private static func key(_ session: String) -> String { "revoked-session/" + session }
}
