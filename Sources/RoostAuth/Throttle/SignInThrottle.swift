import Roost
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Slows down password guessing by limiting failed sign-ins for an account and from an address, across all processes.
///
/// An account that does not exist is counted like one that does. A successful sign-in clears the failures of the account but not those of
/// the address; otherwise anyone with an account of their own could go on guessing the passwords of others. IPv6 addresses are counted by
/// their /64 network.
public struct SignInThrottle: Sendable {
    private let accounts: FailureLimit
    private let addresses: FailureLimit

    /// Creates a throttle.
    /// - Parameters:
    ///   - store: The store in which failures are counted, shared by all processes that sign people in.
    ///   - accountLimit: The number of failures within the window after which an account is locked.
    ///   - addressLimit: The number of failures within the window after which an address is refused.
    ///   - window: How long a failure counts.
    ///   - waitLimit: How long an attempt waits for the outcome of attempts in progress that could reach the limit by themselves.
    ///   - now: The clock.
    public init(
        store: any KeyValueStore, accountLimit: Int = 10, addressLimit: Int = 100, window: Duration = .seconds(900),
        waitLimit: Duration = .seconds(5), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        accounts = FailureLimit("sign-in/account", store: store, limit: accountLimit, window: window, waitLimit: waitLimit, now: now)
        addresses = FailureLimit("sign-in/address", store: store, limit: addressLimit, window: window, waitLimit: waitLimit, now: now)
    }

    /// Attempts to sign in, unless a limit is reached.
    /// - Parameters:
    ///   - account: The name of the account, in the form in which it is looked up, whether or not it exists.
    ///   - address: The client's IP address, or `nil` if the request did not come over a connection.
    ///   - verify: Checks the credentials, and returns `nil` if they are wrong. An attempt for which it throws does not count.
    /// - Returns: The result of `verify`.
    /// - Throws: A `Problem` with status 429 and `Retry-After` if too many attempts have failed; whatever `verify` throws.
    public func attempt<Result: Sendable>(
        _ account: String, from address: String?, _ verify: @Sendable () async throws -> Result?
    ) async throws -> Result? {
        // Checked first, so that a locked account costs no writes.
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

    /// The outcome must be counted even if the caller disconnects.
    private static func end(_ attempt: FailureLimit.Attempt, _ outcome: FailureLimit.Outcome, in limit: FailureLimit) async throws {
        try await withCancellationShield { try await limit.end(attempt, outcome) }
    }
}
