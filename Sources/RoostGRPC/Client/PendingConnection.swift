import Roost
import RoostHTTP
import Synchronization

/// A connection that is being made. Whoever waits for it gives up when its own time is over, and the others wait on.
final class PendingConnection: Sendable {
    private typealias Waiter = CheckedContinuation<HTTP2Connection, any Error>

    private struct State {
        var result: Result<HTTP2Connection, any Error>?
        var waiters: [Int: Waiter] = [:]
        var ticket = 0
    }

    private let state = Mutex(State())

    /// Tells all who wait how it went.
    func finish(_ result: Result<HTTP2Connection, any Error>) {
        let waiters = state.withLock { state in
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// - Throws: why there is no connection; a `Problem` with status 504 where there was none by the deadline; `CancellationError`.
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

    private static let late = Problem(.gatewayTimeout, "There was no connection in time.")

    private func wait(_ waiter: Waiter, _ ticket: Int, _ deadline: ContinuousClock.Instant?) {
        let result = state.withLock { state in
            if state.result == nil { state.waiters[ticket] = waiter }
            return state.result
        }
        if let result { return waiter.resume(with: result) }
        // Either may have come before there was anyone to tell.
        if Task.isCancelled { leave(ticket, CancellationError()) }
        if let deadline, deadline <= .now { leave(ticket, Self.late) }
    }

    private func leave(_ ticket: Int, _ reason: any Error) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(throwing: reason)
    }
}
