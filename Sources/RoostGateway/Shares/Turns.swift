import Roost
import RoostHTTP
import Synchronization

/// Gives each client turns at something that all share, a bounded number at the same time. A client that has all of its turns waits
/// for one of them, and keeps nobody else waiting.
final class Turns: Sendable {
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

    /// - Parameters:
    ///   - each: the most turns of one client at the same time.
    ///   - all: the most of all clients.
    ///   - waiting: how many of a client may wait.
    init(each: Int, all: Int = .max, waiting: Int = 0) {
        self.each = each
        self.all = all
        self.waiting = waiting
    }

    /// A turn, now or when one of the client's own is given back.
    /// - Throws: a `Problem`: 429 where too many of the client wait, 503 where all turns are taken, 504 past the deadline;
    ///   `CancellationError`.
    func take(for client: ClientKey, by deadline: ContinuousClock.Instant? = nil) async throws -> Turn {
        guard let ticket = try begin(client) else { return Turn(self, client) }
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
        return Turn(self, client)
    }

    /// - Returns: a ticket to wait with, or `nil` where the turn has begun.
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
            // A turn may have been given back since the ticket was given.
            if state.shares[client]?.taken ?? 0 < each {
                state.shares[client, default: Share()].taken += 1
                state.taken += 1
                return true
            }
            state.shares[client]?.waiting.append((ticket, continuation))
            return false
        }
        if hasBegun { return continuation.resume() }
        // Either may have come before there was anyone to tell.
        if Task.isCancelled { leave(ticket, client, CancellationError()) }
        if let deadline, deadline <= .now { leave(ticket, client, Self.late) }
    }

    private static let late = Problem(.gatewayTimeout, "The request waited too long for its turn.")

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
            // Whoever is next in the client's share takes the turn over.
            if !share.waiting.isEmpty { return share.waiting.removeFirst().continuation }
            share.taken -= 1
            state.taken -= 1
            return nil
        }
        next?.resume()
    }
}

/// A turn at something that all share. When the last copy goes, the next in the client's share takes it.
final class Turn: Sendable {
    private let turns: Turns
    private let client: ClientKey

    fileprivate init(_ turns: Turns, _ client: ClientKey) {
        self.turns = turns
        self.client = client
    }

    deinit { turns.giveBack(client) }
}

/// A body that holds a turn for as long as it may be read.
struct HeldBody: AsyncSequence, Sendable {
    let pieces: MessageStream<[UInt8]>
    let turn: Turn

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces.makeAsyncIterator(), turn: turn) }

    struct Iterator: AsyncIteratorProtocol {
        var pieces: MessageStream<[UInt8]>.AsyncIterator
        let turn: Turn

        mutating func next() async throws -> [UInt8]? { try await pieces.next() }
    }
}
