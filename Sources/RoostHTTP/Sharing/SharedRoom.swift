import Synchronization

/// Bytes of room that all clients share, of which one client has a quarter at the most.
public final class SharedRoom: Sendable {
    private struct State {
        var used = 0
        var shares: [ClientKey: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: in bytes, for all clients.
    public init(_ limit: Int) { self.limit = limit }

    /// - Returns: whether there was room. What is reserved must be released.
    public func reserve(_ count: Int, for client: ClientKey) -> Bool {
        state.withLock { state in
            let share = state.shares[client] ?? 0
            guard state.used + count <= limit, share + count <= limit / 4 else { return false }
            state.used += count
            state.shares[client] = share + count
            return true
        }
    }

    public func release(_ count: Int, for client: ClientKey) {
        state.withLock { state in
            state.used -= count
            let share = (state.shares[client] ?? 0) - count
            state.shares[client] = share > 0 ? share : nil
        }
    }

    /// Bytes that are reserved.
    public var used: Int { state.withLock { $0.used } }
}
