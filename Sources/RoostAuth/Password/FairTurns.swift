import Roost
import Synchronization

/// A few places for work, and a bounded line before them in which clients take turns: however much one of them asks for, another waits
/// for one piece of its work and no more. Where the line is full, who has the most in it goes without.
final class FairTurns: Sendable {
    private typealias Turn = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let id: Int
        let turn: Turn
    }

    private struct State {
        var free: Int
        var count = 0
        var waiting = 0
        /// What each client waits for, the first first.
        var lines: [String: [Waiter]] = [:]
        /// Whose turn it is next.
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
    ///   - places: how many work at once.
    ///   - capacity: how many may wait.
    init(places: Int, capacity: Int) {
        state = Mutex(State(free: places))
        self.capacity = capacity
    }

    var waitingCount: Int { state.withLock { $0.waiting } }

    /// - Throws: a `Problem` with status 503 where too many wait; `CancellationError`; what `work` throws.
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
        // The task may have been cancelled before there was anything to take out of the line.
        if Task.isCancelled { leave(waiter.id, client) }
    }

    /// Who goes without, where there is no room; the newcomer itself where nobody has more in the line.
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
