import Synchronization

/// A limited number of permits, in total and for each client, and the tasks that wait for one.
///
/// Clients take turns, however much one of them asks for, and the tasks of one client are served in order. A client that has reached its
/// own limit waits for itself and blocks no other. The number of waiting tasks is limited: when too many wait, the client with the most
/// loses its newest one.
package final class FairSemaphore: Sendable {
    /// How many permits there are, and how many tasks can wait for one.
    package struct Limits: Sendable {
        /// The permits of all clients together.
        package var permits = Int.max
        /// The permits of one client.
        package var permitsPerClient = Int.max
        /// The waiting tasks of all clients together.
        package var waiters = Int.max
        /// The waiting tasks of one client.
        package var waitersPerClient = Int.max

        /// Creates limits without any limit.
        package init() {}
    }

    /// Why a task can neither have a permit nor wait for one.
    package enum Refusal: Error {
        /// The client uses all of its own permits, and too many of its tasks wait for them.
        case client
        /// All permits are in use, and too many tasks wait for them.
        case all
    }

    /// The use of what the semaphore limits. When its last copy is released, the next task gets the permit.
    package final class Permit: Sendable {
        private let semaphore: FairSemaphore
        private let client: ClientKey

        fileprivate init(_ semaphore: FairSemaphore, _ client: ClientKey) {
            self.semaphore = semaphore
            self.client = client
        }

        deinit { semaphore.release(client) }
    }

    private let state: Mutex<State>

    /// Creates a semaphore whose permits are all free.
    package init(_ limits: Limits) { state = Mutex(State(limits: limits)) }

    /// The number of waiting tasks.
    package var waitingCount: Int { state.withLock { $0.waiting } }

    /// Returns a permit, and waits for one if necessary.
    /// - Parameters:
    ///   - client: The client that the permit counts for.
    ///   - deadline: The end of the wait, or `nil` for no limit.
    ///   - late: The error after the deadline.
    /// - Throws: A `Refusal`, immediately or when another client's task takes the place in the queue; `late`; a `CancellationError`.
    package func permit(
        for client: ClientKey, by deadline: ContinuousClock.Instant? = nil,
        orThrow late: @autoclosure () -> any Error = CancellationError()
    ) async throws -> Permit {
        switch try state.withLock({ state throws(Refusal) in try state.enter(client) }) {
        case .entered: break
        case .wait(let turn, let evicted):
            evicted?.fulfill(.failure(Refusal.all))
            do {
                try await turn.claim(by: deadline, orThrow: late())
            } catch {
                state.withLock { $0.leave(client, turn) }
                throw error
            }
        }
        return Permit(self, client)
    }

    /// Runs work with a permit.
    /// - Throws: The error of the work; a `Refusal`; a `CancellationError`.
    package func withPermit<Result: Sendable>(for client: ClientKey, _ work: () async throws -> Result) async throws -> Result {
        let permit = try await permit(for: client)
        defer { withExtendedLifetime(permit) {} }
        return try await work()
    }

    private func release(_ client: ClientKey) {
        var client = client
        while let next = state.withLock({ $0.release(client) }) {
            if next.turn.fulfill(.success(())) { return }
            // The task has given up in this moment, so its permit is returned too.
            client = next.client
        }
    }
}

extension FairSemaphore {
    private typealias Turn = Promise<Void>

    private enum Entry {
        case entered
        case wait(Turn, evicted: Turn?)
    }

    private struct Share {
        var taken = 0
        /// The waiting tasks, oldest first.
        var waiting: [Turn] = []
    }

    private struct State {
        let limits: Limits
        var shares: [ClientKey: Share] = [:]
        /// The clients with waiting tasks, in the order in which they are served.
        var order: [ClientKey] = []
        var taken = 0
        var waiting = 0

        init(limits: Limits) { self.limits = limits }

        // A task that may have a permit gets it at once, so whoever waits has reached a limit.
        mutating func enter(_ client: ClientKey) throws(Refusal) -> Entry {
            let isBelowOwn = (shares[client]?.taken ?? 0) < limits.permitsPerClient
            if isBelowOwn, taken < limits.permits {
                take(client)
                return .entered
            }
            let own = shares[client]?.waiting.count ?? 0
            guard own < limits.waitersPerClient else { throw isBelowOwn ? .all : .client }
            let evicted = waiting < limits.waiters ? nil : try evict(for: own)
            let turn = Turn()
            if own == 0 { order.append(client) }
            shares[client, default: Share()].waiting.append(turn)
            waiting += 1
            return .wait(turn, evicted: evicted)
        }

        /// Takes its newest waiting task from the client with the most, if that has more of them than the new task's client would have.
        private mutating func evict(for own: Int) throws(Refusal) -> Turn? {
            guard let client = order.max(by: { count($0) < count($1) }), count(client) > own + 1 else { throw .all }
            return dequeue(client, at: count(client) - 1)
        }

        private func count(_ client: ClientKey) -> Int { shares[client]?.waiting.count ?? 0 }

        mutating func leave(_ client: ClientKey, _ turn: Turn) {
            guard let index = shares[client]?.waiting.firstIndex(where: { $0 === turn }) else { return }
            _ = dequeue(client, at: index)
        }

        /// Returns a permit.
        /// - Returns: The task that gets it, if any.
        mutating func release(_ client: ClientKey) -> (client: ClientKey, turn: Turn)? {
            // As long as permits are left, those who wait do so because of their own client's limit.
            let wasFull = taken == limits.permits
            taken -= 1
            shares[client]?.taken -= 1
            guard let next = wasFull ? order.first(where: { isDue($0) }) : isDue(client) ? client : nil, let turn = dequeue(next, at: 0)
            else {
                forget(client)
                return nil
            }
            take(next)
            forget(client)
            // Its next task waits for the other clients' turn.
            if let index = order.firstIndex(of: next) { order.append(order.remove(at: index)) }
            return (next, turn)
        }

        private func isDue(_ client: ClientKey) -> Bool {
            guard let share = shares[client] else { return false }
            return !share.waiting.isEmpty && share.taken < limits.permitsPerClient
        }

        private mutating func take(_ client: ClientKey) {
            taken += 1
            shares[client, default: Share()].taken += 1
        }

        private mutating func dequeue(_ client: ClientKey, at index: Int) -> Turn? {
            guard let turn = shares[client]?.waiting.remove(at: index) else { return nil }
            waiting -= 1
            if shares[client]?.waiting.isEmpty == true { order.removeAll { $0 == client } }
            forget(client)
            return turn
        }

        private mutating func forget(_ client: ClientKey) {
            if let share = shares[client], share.taken == 0, share.waiting.isEmpty { shares[client] = nil }
        }
    }
}
