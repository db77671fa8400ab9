import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sessions whose access tokens are refused though they have not expired, in the store that all services share.
public struct Revocations: Sendable {
    private let store: any KeyValueStore

    public init(store: any KeyValueStore) { self.store = store }

    /// Refuses a session's tokens from now on, everywhere.
    /// - Parameter until: when the last of its tokens expires; the entry lasts as long as any service takes one.
    public func revoke(session: String, until: Date, at now: Date = Date()) async throws {
        let lifetime = until.timeIntervalSince(now) + 2 * AccessClaims.leeway
        guard lifetime > 0 else { return }
        try await store.put(Self.key(session), [1], ttl: .seconds(lifetime), if: .always)
        // After the session's own entry, so that who sees the mark change finds that.
        try await store.put(Self.mark, [1], ttl: nil, if: .always)
    }

    /// What changes with each revocation, so that whoever watches many sessions need not ask for each of them.
    func latest() async throws -> StoreVersion? { try await store.get(Self.mark)?.version }

    public func isRevoked(session: String) async throws -> Bool { try await store.get(Self.key(session)) != nil }

    private static let mark = "revoked-sessions"

    private static func key(_ session: String) -> String { "revoked-session/" + session }
}
