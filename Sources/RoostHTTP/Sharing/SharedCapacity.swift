import Roost
import Synchronization

/// Bytes that all clients share, of which one client can use a quarter.
public final class SharedCapacity: Sendable {
    private struct State {
        var used = 0
        var shares: [ClientKey: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Creates an unused capacity.
    /// - Parameter limit: The number of bytes for all clients.
    public init(_ limit: Int) { self.limit = limit }

    /// Reserves bytes for a client, which must be released later.
    /// - Returns: Whether there was enough capacity.
    public func reserve(_ count: Int, for client: ClientKey) -> Bool {
        state.withLock { state in
            let share = state.shares[client] ?? 0
            guard state.used + count <= limit, share + count <= limit / 4 else { return false }
            state.used += count
            state.shares[client] = share + count
            return true
        }
    }

    /// Releases bytes that were reserved for a client.
    public func release(_ count: Int, for client: ClientKey) {
        state.withLock { state in
            state.used -= count
            let share = (state.shares[client] ?? 0) - count
            state.shares[client] = share > 0 ? share : nil
        }
    }

    /// The number of reserved bytes.
    public var used: Int { state.withLock { $0.used } }
}
