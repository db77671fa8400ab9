import Roost
import Synchronization

/// Counts the connections of a server over all of its event loops, and reports when none is left.
final class ConnectionGauge: Sendable {
    private struct State {
        var count = 0
        var counts: [ClientKey: Int] = [:]
        /// Opens when no connection is left, if somebody waits for that.
        var emptied: Latch?
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
        let emptied = state.withLock { state -> Latch? in
            state.count -= 1
            let own = (state.counts[client] ?? 1) - 1
            state.counts[client] = own > 0 ? own : nil
            return state.count == 0 ? state.emptied.take() : nil
        }
        emptied?.open()
    }

    var isEmpty: Bool { state.withLock { $0.count == 0 } }

    func waitUntilEmpty() async {
        let emptied = state.withLock { state -> Latch? in
            guard state.count > 0 else { return nil }
            let emptied = state.emptied ?? Latch()
            state.emptied = emptied
            return emptied
        }
        await emptied?.wait()
    }
}
