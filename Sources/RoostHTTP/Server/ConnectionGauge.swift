import Synchronization

/// Counts the connections of a server over all of its event loops, and reports when none is left.
final class ConnectionGauge: Sendable {
    private struct State {
        var count = 0
        var counts: [ClientKey: Int] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Adds a connection.
    /// - Returns: The number of all connections, and of those of its client.
    func add(of client: ClientKey) -> (all: Int, own: Int) {
        state.withLock {
            $0.count += 1
            $0.counts[client, default: 0] += 1
            return ($0.count, $0.counts[client] ?? 1)
        }
    }

    func remove(of client: ClientKey) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.count -= 1
            let own = (state.counts[client] ?? 1) - 1
            state.counts[client] = own > 0 ? own : nil
            guard state.count == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var isEmpty: Bool { state.withLock { $0.count == 0 } }

    func waitUntilEmpty() async {
        await withCheckedContinuation { waiter in
            let isEmpty = state.withLock { state in
                if state.count > 0 { state.waiters.append(waiter) }
                return state.count == 0
            }
            if isEmpty { waiter.resume() }
        }
    }
}
