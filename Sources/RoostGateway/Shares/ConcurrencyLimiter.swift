import Roost
import RoostHTTP
import Synchronization

/// Limits how much of a shared resource each client can use at the same time. A client that has reached its limit waits for itself, and
/// does not block others.
final class ConcurrencyLimiter: Sendable {
    private struct Share {
        var taken = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private struct State {
        var shares: [ClientKey: Share] = [:]
        var taken = 0
        var ticket = 0
    }

    private let each: Int
    private let all: Int
    private let waiting: Int
    private let state = Mutex(State())

    /// Creates a limiter.
    /// - Parameters:
    ///   - each: The largest number of permits of one client.
    ///   - all: The largest number of permits of all clients.
    ///   - waiting: The number of requests of a client that can wait.
    init(each: Int, all: Int = .max, waiting: Int = 0) {
        self.each = each
        self.all = all
        self.waiting = waiting
    }

    /// Returns a permit, and waits for one of the client's own if necessary.
    /// - Throws: A `Problem` with status 429 if too many requests of the client are waiting, 503 if all permits are in use, or 504 after
    ///   the deadline; a `CancellationError`.
    func take(for client: ClientKey, by deadline: ContinuousClock.Instant? = nil) async throws -> Permit {
        guard let ticket = try begin(client) else { return Permit(self, client) }
        let timer = deadline.map { deadline in
            Task {
                try await Task.sleep(until: deadline, clock: .continuous)
                leave(ticket, client, Self.late)
            }
        }
        defer { timer?.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0, ticket, client, deadline) }
        } onCancel: {
            leave(ticket, client, CancellationError())
        }
        return Permit(self, client)
    }

    /// Takes a permit.
    /// - Returns: A ticket to wait with, or `nil` if a permit was available.
    private func begin(_ client: ClientKey) throws(Problem) -> Int? {
        try state.withLock { state throws(Problem) -> Int? in
            var share = state.shares[client] ?? Share()
            guard share.taken >= each else {
                guard state.taken < all else { throw .unavailable("Too many streams are open.") }
                share.taken += 1
                state.taken += 1
                state.shares[client] = share
                return nil
            }
            guard share.waiting.count < waiting else {
                throw Problem(.tooManyRequests, "Too many requests from this client are in progress.", headers: ["retry-after": "1"])
            }
            state.ticket += 1
            return state.ticket
        }
    }

    private func wait(
        _ continuation: CheckedContinuation<Void, any Error>, _ ticket: Int, _ client: ClientKey, _ deadline: ContinuousClock.Instant?
    ) {
        let hasBegun = state.withLock { state in
            // A permit may have been returned since the ticket was issued.
            if state.shares[client]?.taken ?? 0 < each {
                state.shares[client, default: Share()].taken += 1
                state.taken += 1
                return true
            }
            state.shares[client]?.waiting.append((ticket, continuation))
            return false
        }
        if hasBegun { return continuation.resume() }
        // Either may have happened before the continuation was stored.
        if Task.isCancelled { leave(ticket, client, CancellationError()) }
        if let deadline, deadline <= .now { leave(ticket, client, Self.late) }
    }

    private static let late = Problem(.gatewayTimeout, "The request waited too long for its client's other requests.")

    private func leave(_ ticket: Int, _ client: ClientKey, _ reason: any Error) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let index = state.shares[client]?.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.shares[client]?.waiting.remove(at: index).continuation
        }
        waiter?.resume(throwing: reason)
    }

    fileprivate func giveBack(_ client: ClientKey) {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard var share = state.shares[client] else { return nil }
            defer { state.shares[client] = share.taken == 0 && share.waiting.isEmpty ? nil : share }
            // The next request in the client's share takes over the permit.
            if !share.waiting.isEmpty { return share.waiting.removeFirst().continuation }
            share.taken -= 1
            state.taken -= 1
            return nil
        }
        next?.resume()
    }
}

/// A permit to use a shared resource. When its last copy is released, the next request of the client gets it.
final class Permit: Sendable {
    private let limiter: ConcurrencyLimiter
    private let client: ClientKey

    fileprivate init(_ limiter: ConcurrencyLimiter, _ client: ClientKey) {
        self.limiter = limiter
        self.client = client
    }

    deinit { limiter.giveBack(client) }
}

/// A body that holds a permit as long as it can be read.
struct PermitHoldingBody: AsyncSequence, Sendable {
    let pieces: MessageStream<[UInt8]>
    let permit: Permit

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces.makeAsyncIterator(), permit: permit) }

    struct Iterator: AsyncIteratorProtocol {
        var pieces: MessageStream<[UInt8]>.AsyncIterator
        let permit: Permit

        mutating func next() async throws -> [UInt8]? { try await pieces.next() }
    }
}
