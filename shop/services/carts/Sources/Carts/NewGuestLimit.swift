import Roost
import RoostAuth
import RoostStore

/// Limits how many guests from one address can begin a cart, so that requests without a cookie cannot fill the store. IPv6 addresses are
/// counted by their /64 network.
struct NewGuestLimit: Sendable {
    /// The setting for the number of guests.
    static let setting = Setting(
        "NEW_GUESTS_PER_HOUR", allowed: 1...1_000_000, default: 1000,
        purpose: "How many guests from one address can begin a cart in an hour.")
    /// An hour, in seconds.
    private static let window = 3600

    /// The number of guests from one address in an hour, which begins with the first of them.
    let guests: Int
    /// Counts the guests of all replicas.
    let store: any CounterStore

    /// Counts a guest who is about to begin a cart, whether or not the cart is then stored.
    /// - Parameter address: The client's IP address, or `nil` if the call did not come over a connection.
    /// - Throws: A `Problem` with status 429 and `Retry-After` if too many guests from the address have begun a cart in this hour; whatever
    ///   the store throws.
    func admit(from address: String?) async throws {
        guard let address else { return }
        let client = IPAddress(address)?.client.description ?? address
        let counter = "new-guests/" + Secret.digest(client)
        // The counter is read first, so that a refused request writes nothing.
        guard try await store.count(counter) < guests else { throw Self.refusal }
        let count = try await store.increment(counter, ttl: .seconds(Self.window))
        guard count <= guests else { throw Self.refusal }
        if count == guests { warn(about: client) }
    }

    /// Tells the operator about an address once in its hour, however many guests are refused.
    private func warn(about client: String) {
        RequestContext.currentLogger.warning(
            """
            \(guests) guests from \(client) have begun a cart, and no more can for up to an hour. If this is the address of a proxy, add it \
            to TRUSTED_PROXIES; if many people share it, raise NEW_GUESTS_PER_HOUR.
            """)
    }

    /// The store does not tell when a counter expires, so this states the longest time until then.
    private static var refusal: Problem {
        Problem(
            .tooManyRequests, "Too many guests from this address have begun a cart. Sign in to begin one now.",
            headers: ["retry-after": String(window)])
    }
}
