import Roost
import RoostHTTP
import Synchronization

/// A connection that is being opened. A caller stops waiting for it when its own time is over, and the others continue to wait.
final class PendingConnection: Sendable {
    private typealias Waiter = CheckedContinuation<HTTP2Connection, any Error>

    private struct State {
        var result: Result<HTTP2Connection, any Error>?
        var waiters: [Int: Waiter] = [:]
        var ticket = 0
    }

    private let state = Mutex(State())

    /// Passes the result to all callers.
    func finish(_ result: Result<HTTP2Connection, any Error>) {
        let waiters = state.withLock { state in
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// Waits for the connection.
    /// - Throws: The reason why it cannot be opened; a `Problem` with status 504 after the deadline; a `CancellationError`.
    func connection(by deadline: ContinuousClock.Instant?) async throws -> HTTP2Connection {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let timer = deadline.map { deadline in
            Task {
                try await Task.sleep(until: deadline, clock: .continuous)
                leave(ticket, Self.late)
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0, ticket, deadline) }
        } onCancel: {
            leave(ticket, CancellationError())
        }
    }

    private static let late = Problem(.gatewayTimeout, "No connection was available in time.")

    private func wait(_ waiter: Waiter, _ ticket: Int, _ deadline: ContinuousClock.Instant?) {
        let result = state.withLock { state in
            if state.result == nil { state.waiters[ticket] = waiter }
            return state.result
        }
        if let result { return waiter.resume(with: result) }
        // Either may have happened before the continuation was stored.
        if Task.isCancelled { leave(ticket, CancellationError()) }
        if let deadline, deadline <= .now { leave(ticket, Self.late) }
    }

    private func leave(_ ticket: Int, _ reason: any Error) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(throwing: reason)
    }
}
