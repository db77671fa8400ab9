import Roost
public import RoostStore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Revocations in the key-value store that the services share, so that all of them refuse at once.
public struct StoredRevocations: RevocationList {
    private let store: any KeyValueStore

    public init(store: any KeyValueStore) { self.store = store }

    public func revoke(session: String, until: Date) async throws {
        try await store.set(Self.key(session), true, ttl: .seconds(max(1, until.timeIntervalSinceNow)))
    }

    public func isRevoked(session: String) async throws -> Bool { try await store.get(Self.key(session)) != nil }

    private static func key(_ session: String) -> String { "revoked-session:\(session)" }
}
