#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The sessions whose access tokens are refused though they have not expired.
public protocol RevocationList: Sendable {
    /// Refuses a session's tokens from now on.
    /// - Parameter until: when the last of its tokens has expired, and the entry may go.
    func revoke(session: String, until: Date) async throws

    func isRevoked(session: String) async throws -> Bool
}
