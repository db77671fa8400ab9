import Roost
import RoostAuth
import RoostStore

/// Limits how many guests from one address can begin a cart, so that requests without a cookie cannot fill the store. IPv6 addresses are
/// counted by their /64 network.
struct NewGuestLimit: Sendable {
    /// The number of guests from one address in an hour, which begins with the first of them.
    static let guests = 100
    /// An hour, in seconds.
    private static let window = 3600

    /// Counts the guests of all replicas.
    let store: any CounterStore

    /// Counts a guest who is about to begin a cart.
    /// - Parameter address: The client's IP address, or `nil` if the call did not come over a connection.
    /// - Throws: A `Problem` with status 429 and `Retry-After` if too many guests from the address have begun a cart in this hour; whatever
    ///   the store throws.
    func admit(from address: String?) async throws {
        guard let address else { return }
        let counter = "new-guests/" + Secret.digest(IPAddress(address)?.client.description ?? address)
        // The counter is read first, so that a refused request writes nothing.
        guard try await store.count(counter) < Self.guests,
            try await store.increment(counter, ttl: .seconds(Self.window)) <= Self.guests
        else { throw Self.refusal }
    }

    /// The store does not tell when a counter expires, so this states the longest time until then.
    private static var refusal: Problem {
        Problem(
            .tooManyRequests, "Too many guests from this address have begun a cart. Sign in, or try again in an hour.",
            headers: ["retry-after": String(window)])
    }
}
