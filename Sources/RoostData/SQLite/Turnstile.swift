import Roost
import Synchronization

/// Lends a few things to many who wait in order, each for a bounded time.
final class Turnstile<Resource: Sendable>: Sendable {
    private enum Wait { case granted(Resource), timedOut, cancelled, closed }

    private struct Entry {
        let id: Int
        let continuation: CheckedContinuation<Wait, Never>
        let timer: Task<Void, any Error>

        func end(as wait: Wait) {
            timer.cancel()
            continuation.resume(returning: wait)
        }
    }

    private struct State {
        var free: [Resource]
        var lent = 0
        var next = 0
        var isClosed = false
        var waiting: [Entry] = []
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let patience: Duration
    private let capacity: Int

    /// - Parameters:
    ///   - patience: the longest wait.
    ///   - capacity: how many may wait.
    init(_ resources: [Resource], patience: Duration, capacity: Int = 10_000) {
        state = Mutex(State(free: resources))
        self.patience = patience
        self.capacity = capacity
    }

    /// - Throws: a `Problem` with status 503 where too many wait or the wait was too long; a `DatabaseError` once closed.
    func take() async throws -> Resource {
        if let resource = try takeNow() { return resource }
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let wait = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue(id, $0) }
        } onCancel: {
            end(id, as: .cancelled)
        }
        switch wait {
        case .granted(let resource): return resource
        case .timedOut: throw Problem.unavailable("The database is busy.")
        case .cancelled: throw CancellationError()
        case .closed: throw Self.closed
        }
    }

    func give(_ resource: Resource) {
        let next = state.withLock { state -> Entry? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free.append(resource)
            state.lent -= 1
            if state.isClosed, state.lent == 0 {
                for continuation in state.drained { continuation.resume() }
                state.drained = []
            }
            return nil
        }
        next?.end(as: .granted(resource))
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Turns away all who wait, and returns once everything lent has come back.
    func close() async -> [Resource] {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for entry in waiting { entry.end(as: .closed) }
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.lent == 0 { continuation.resume() } else { state.drained.append(continuation) }
            }
        }
        return state.withLock { state in
            defer { state.free = [] }
            return state.free
        }
    }

    private static var closed: DatabaseError { DatabaseError(.closed, "the database is closed") }

    private func takeNow() throws -> Resource? {
        try Task.checkCancellation()
        return try state.withLock { state in
            if state.isClosed { throw Self.closed }
            guard state.waiting.count < capacity else { throw Problem.unavailable("The database is busy.") }
            guard let resource = state.free.popLast() else { return nil }
            state.lent += 1
            return resource
        }
    }

    private func enqueue(_ id: Int, _ continuation: CheckedContinuation<Wait, Never>) {
        let now = state.withLock { state -> Wait? in
            if state.isClosed { return .closed }
            if let resource = state.free.popLast() {
                state.lent += 1
                return .granted(resource)
            }
            let timer = Task { [self, patience] in
                try await Task.sleep(for: patience)
                end(id, as: .timedOut)
            }
            state.waiting.append(Entry(id: id, continuation: continuation, timer: timer))
            return nil
        }
        if let now { return continuation.resume(returning: now) }
        // The task may have been cancelled before there was anything to take out of the line.
        if Task.isCancelled { end(id, as: .cancelled) }
    }

    private func end(_ id: Int, as wait: Wait) {
        let entry = state.withLock { state -> Entry? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        entry?.end(as: wait)
    }
}
