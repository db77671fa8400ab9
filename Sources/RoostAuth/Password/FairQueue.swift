import Roost
import Synchronization

/// Runs a limited number of pieces of work at once and queues the rest, serving clients round robin: however much one client asks for,
/// every other client waits for at most one piece of its work. The queue is bounded. When it is full, the client with the most entries
/// loses its newest one.
final class FairQueue: Sendable {
    private typealias Turn = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let id: Int
        let turn: Turn
    }

    private struct State {
        var free: Int
        var count = 0
        var waiting = 0
        /// The waiting work of each client, oldest first.
        var lines: [String: [Waiter]] = [:]
        /// The clients with waiting work, in the order in which they are served.
        var order: [String] = []

        mutating func take(_ index: Int, of client: String) -> Waiter? {
            guard let waiter = lines[client]?.remove(at: index) else { return nil }
            waiting -= 1
            if lines[client]?.isEmpty == true {
                lines[client] = nil
                order.removeAll { $0 == client }
            }
            return waiter
        }
    }

    private let state: Mutex<State>
    private let capacity: Int

    /// - Parameters:
    ///   - places: How many pieces of work run at once.
    ///   - capacity: How many may wait.
    init(places: Int, capacity: Int) {
        state = Mutex(State(free: places))
        self.capacity = capacity
    }

    var waitingCount: Int { state.withLock { $0.waiting } }

    /// - Throws: A `Problem` with status 503 if the queue is full; `CancellationError`; whatever `work` throws.
    func run<Result: Sendable>(for client: String, _ work: () async throws -> Result) async throws -> Result {
        try await take(client)
        defer { give() }
        return try await work()
    }

    private func take(_ client: String) async throws {
        let id = state.withLock { state -> Int? in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.count += 1
            return state.count
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enqueue(Waiter(id: id, turn: $0), of: client) }
        } onCancel: {
            leave(id, client)
        }
    }

    private func enqueue(_ waiter: Waiter, of client: String) {
        let (isDue, refused) = state.withLock { state -> (Bool, Turn?) in
            if state.free > 0 {
                state.free -= 1
                return (true, nil)
            }
            let refused = makeRoom(for: client, in: &state)
            if let refused, refused == client { return (false, waiter.turn) }
            let evicted = refused.flatMap { name in state.take((state.lines[name]?.count ?? 1) - 1, of: name) }
            if state.lines[client] == nil { state.order.append(client) }
            state.lines[client, default: []].append(waiter)
            state.waiting += 1
            return (false, evicted?.turn)
        }
        if isDue { return waiter.turn.resume() }
        refused?.resume(throwing: Problem.unavailable("Too many requests are in progress. Try again soon."))
        // The task may have been cancelled before its entry was in the queue.
        if Task.isCancelled { leave(waiter.id, client) }
    }

    /// Returns the client that loses an entry when the queue is full, which is the new one unless another client has more entries; `nil` if
    /// there is room.
    private func makeRoom(for client: String, in state: inout State) -> String? {
        guard state.waiting >= capacity else { return nil }
        let own = state.lines[client]?.count ?? 0
        guard let longest = state.lines.max(by: { $0.value.count < $1.value.count }), longest.value.count > own + 1 else { return client }
        return longest.key
    }

    private func leave(_ id: Int, _ client: String) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.lines[client]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.take(index, of: client)
        }
        waiter?.turn.resume(throwing: CancellationError())
    }

    private func give() {
        let next = state.withLock { state -> Waiter? in
            guard let client = state.order.first, let waiter = state.take(0, of: client) else {
                state.free += 1
                return nil
            }
            if state.lines[client] != nil { state.order.append(state.order.removeFirst()) }
            return waiter
        }
        next?.turn.resume()
    }
}
