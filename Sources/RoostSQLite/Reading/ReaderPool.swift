import DequeModule
import Dispatch
import Roost
import RoostData
import Synchronization

/// The connections that read a database file, and those who wait for one, in order of arrival and each for a limited time.
///
/// A connection is opened when it is first needed, and then kept.
final class ReaderPool: Sendable {
    private final class Waiter: Sendable {
        private let continuation = Mutex<CheckedContinuation<ReaderConnection, any Error>?>(nil)

        func begin(_ continuation: CheckedContinuation<ReaderConnection, any Error>) { self.continuation.withLock { $0 = continuation } }

        func resume(with result: Result<ReaderConnection, any Error>) { continuation.withLock { $0.take() }?.resume(with: result) }
    }

    private struct State {
        /// Free connections; the one that was used last is at the end.
        var idle: [ReaderConnection] = []
        var waiting: Deque<Waiter> = []
        /// The number of connections, including those that are being opened.
        var count = 0
        var isClosed = false
    }

    private enum Admission { case connection(ReaderConnection), open, wait, refuse(any Error) }

    private let state = Mutex(State())
    /// Opens when the last connection is closed.
    private let over = Latch()
    private let connections: Int
    private let timeout: Duration
    private let capacity: Int
    private let threads = DispatchQueue(label: "roost.sqlite.readers", attributes: .concurrent)
    private let open: @Sendable (DispatchQueue) throws -> ReaderConnection
    private let waits: DurationMetric
    private let timeouts: CountMetric

    /// Creates a pool without connections.
    /// - Parameters:
    ///   - connections: The largest number of connections.
    ///   - timeout: The longest time to wait.
    ///   - capacity: The largest number of callers that wait.
    ///   - pool: The name of the connections in the metrics.
    ///   - open: Opens a connection, on a thread that it may block.
    init(
        connections: Int, timeout: Duration, capacity: Int = 10_000, pool: String = "",
        open: @escaping @Sendable (DispatchQueue) throws -> ReaderConnection
    ) {
        self.connections = connections
        self.timeout = timeout
        self.capacity = capacity
        self.open = open
        let dimensions = [("db.system.name", "sqlite"), ("db.client.connection.pool.name", pool)]
        waits = DurationMetric("db.client.connection.wait_time", dimensions)
        timeouts = CountMetric("db.client.connection.timeouts", dimensions)
    }

    /// Runs work with a connection that nobody else uses.
    /// - Throws: The error of the work; a `Problem` with status 503 if too many wait or the wait took too long; a `DatabaseError` after
    ///   closing; the error of opening a connection; a `CancellationError` if the task is cancelled while it waits.
    func withConnection<Result: Sendable>(_ body: @Sendable (ReaderConnection) async throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        let connection = try await take()
        defer { giveBack(connection) }
        return try await body(connection)
    }

    /// Refuses everyone who waits, and closes each connection once it is free.
    func shut() {
        let (waiting, idle) = state.withLock { state in
            state.isClosed = true
            defer { (state.waiting, state.idle) = ([], []) }
            return (state.waiting, state.idle)
        }
        for waiter in waiting { waiter.resume(with: .failure(Self.closed)) }
        for connection in idle { discard(connection) }
        if state.withLock({ $0.count == 0 }) { over.open() }
    }

    /// Refuses everyone who waits, and returns once every connection is closed.
    func close() async {
        shut()
        await over.wait()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }
}

extension ReaderPool {
    private static var closed: DatabaseError { DatabaseError(.closed, "the database is closed") }
    private static var busy: Problem { .unavailable("The database is busy.") }

    private func take() async throws -> ReaderConnection {
        if let connection = state.withLock({ $0.isClosed ? nil : $0.idle.popLast() }) { return connection }
        let start = ContinuousClock.now
        defer { if waits.isActive { waits.record(since: start) } }
        return try await waitForOne(until: start + timeout)
    }

    private func waitForOne(until deadline: ContinuousClock.Instant) async throws -> ReaderConnection {
        let waiter = Waiter()
        let alarm = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            if refuse(waiter, Self.busy) { timeouts.increment() }
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                join(waiter)
                // It may have been cancelled before it joined.
                if Task.isCancelled { refuse(waiter, CancellationError()) }
            }
        } onCancel: {
            refuse(waiter, CancellationError())
        }
    }

    private func join(_ waiter: Waiter) {
        let admission = state.withLock { state -> Admission in
            if state.isClosed { return .refuse(Self.closed) }
            if let connection = state.idle.popLast() { return .connection(connection) }
            if state.count < connections {
                state.count += 1
                return .open
            }
            guard state.waiting.count < capacity else { return .refuse(Self.busy) }
            state.waiting.append(waiter)
            return .wait
        }
        switch admission {
        case .connection(let connection): waiter.resume(with: .success(connection))
        case .refuse(let error): waiter.resume(with: .failure(error))
        case .open: threads.async { [self] in openAnother(for: waiter) }
        case .wait: break
        }
    }

    private func openAnother(for waiter: Waiter) {
        do {
            waiter.resume(with: .success(try open(threads)))
        } catch {
            for other in lose() + [waiter] { other.resume(with: .failure(error)) }
        }
    }

    /// - Returns: Whether it was still waiting.
    @discardableResult
    private func refuse(_ waiter: Waiter, _ error: any Error) -> Bool {
        let isThere = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === waiter }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
        if isThere { waiter.resume(with: .failure(error)) }
        return isThere
    }

    private func giveBack(_ connection: ReaderConnection) {
        let (waiter, isClosed) = state.withLock { state -> (Waiter?, Bool) in
            if state.isClosed { return (nil, true) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.idle.append(connection)
            return (nil, false)
        }
        waiter?.resume(with: .success(connection))
        if isClosed { discard(connection) }
    }

    private func discard(_ connection: ReaderConnection) {
        threads.async { [self] in
            connection.close()
            _ = lose()
        }
    }

    /// Records that there is a connection less.
    /// - Returns: Those who wait, if there is no connection left for them.
    private func lose() -> Deque<Waiter> {
        let (waiting, isOver) = state.withLock { state -> (Deque<Waiter>, Bool) in
            state.count -= 1
            guard state.count == 0 else { return ([], false) }
            defer { state.waiting = [] }
            return (state.waiting, state.isClosed)
        }
        if isOver { over.open() }
        return waiting
    }
}
