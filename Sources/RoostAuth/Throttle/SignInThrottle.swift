import Roost
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Slows down who guesses passwords: bounds the sign-ins that fail for an account and from an address, in all processes together.
///
/// An account that does not exist is counted as one that does. A success forgets the failures of the account, not those of the address:
/// else whoever has an account could guess at those of others for ever. Addresses of version 6 are counted by their network of 64 bits.
public struct SignInThrottle: Sendable {
    private let accounts: FailureLimit
    private let addresses: FailureLimit

    /// - Parameters:
    ///   - store: shared by all processes that sign people in.
    ///   - accountLimit: how many failures an account bears in the window.
    ///   - addressLimit: how many failures an address bears in the window.
    ///   - window: how long a failure counts.
    ///   - waitLimit: how long an attempt waits for the outcome of those under way, where these could reach the limit by themselves.
    ///   - now: the clock.
    public init(
        store: any KeyValueStore, accountLimit: Int = 10, addressLimit: Int = 100, window: Duration = .seconds(900),
        waitLimit: Duration = .seconds(5), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        accounts = FailureLimit("sign-in/account", store: store, limit: accountLimit, window: window, waitLimit: waitLimit, now: now)
        addresses = FailureLimit("sign-in/address", store: store, limit: addressLimit, window: window, waitLimit: waitLimit, now: now)
    }

    /// Makes an attempt to sign in, if there may be another.
    /// - Parameters:
    ///   - account: what the account is known by, whether or not there is one: in the one form in which it is looked up.
    ///   - address: the client's IP address; `nil` where it came over no connection.
    ///   - verify: whether what was shown is right: `nil` where it is not. What it throws counts as no attempt.
    /// - Throws: a `Problem` with status 429 and `Retry-After` where too many have failed; what `verify` throws.
    public func attempt<Result: Sendable>(
        _ account: String, from address: String?, _ verify: @Sendable () async throws -> Result?
    ) async throws -> Result? {
        // So an account that is locked costs no writes.
        try await accounts.check(account)
        return try await counted(in: addresses, address.map { IPAddress($0)?.client.description ?? $0 }, forgives: false) {
            try await counted(in: accounts, account, forgives: true, verify)
        }
    }

    private func counted<Result: Sendable>(
        in limit: FailureLimit, _ subject: String?, forgives: Bool, _ body: @Sendable () async throws -> Result?
    ) async throws -> Result? {
        guard let subject else { return try await body() }
        let attempt = try await limit.begin(subject)
        do {
            let result = try await body()
            try await Self.end(attempt, result == nil ? .failed : .succeeded(forgives: forgives), in: limit)
            return result
        } catch {
            try? await Self.end(attempt, .abandoned, in: limit)
            throw error
        }
    }

    /// In a task of its own, as a caller who has gone away must not keep the outcome from being counted.
    private static func end(_ attempt: FailureLimit.Attempt, _ outcome: FailureLimit.Outcome, in limit: FailureLimit) async throws {
        try await Task { try await limit.end(attempt, outcome) }.value
    }
}
