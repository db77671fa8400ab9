import Dispatch
import Foundation
import Roost
import RoostData
import Synchronization

/// Connections of one kind, each with its own thread, and a queue of those who wait for one, in order of arrival and each for a limited
/// time.
///
/// A connection is opened when it is first needed, and then kept.
final class ConnectionLine: Sendable {
    private struct State {
        var waiting: [UnitOfWork] = []
        /// Parked threads; the one that was used last is at the end.
        var idle: [ConnectionThread] = []
        /// The number of threads, including those that are opening their connection.
        var threads = 0
        var isClosed = false
        /// Whether a timer will look for units that have waited too long.
        var hasTimer = false
    }

    private enum Admission { case nothing, start, wake(ConnectionThread), refuse(any Error) }

    private let state = Mutex(State())
    /// Opens when the last connection is closed.
    private let over = Latch()
    private let connections: Int
    private let timeout: Duration
    private let capacity: Int
    private let open: @Sendable () throws -> SQLiteConnection
    private let waits: DurationMetric
    private let timeouts: CountMetric

    /// Creates a pool without connections.
    /// - Parameters:
    ///   - connections: The largest number of connections.
    ///   - timeout: The longest time to wait.
    ///   - capacity: The largest number of units that wait.
    ///   - pool: The name of the connections in the metrics.
    ///   - open: Opens a connection. It runs on the connection's thread and may block it.
    init(
        connections: Int, timeout: Duration, capacity: Int = 10_000, pool: String = "",
        open: @escaping @Sendable () throws -> SQLiteConnection
    ) {
        self.connections = connections
        self.timeout = timeout
        self.capacity = capacity
        self.open = open
        let dimensions = [("db.system.name", "sqlite"), ("db.client.connection.pool.name", pool)]
        waits = DurationMetric("db.client.connection.wait_time", dimensions)
        timeouts = CountMetric("db.client.connection.timeouts", dimensions)
    }

    /// Waits for a connection, and runs work on its thread.
    /// - Throws: The error of the work; a `Problem` with status 503 if too many wait or the wait took too long; a `DatabaseError` after
    ///   closing; the error of opening a connection; a `CancellationError` if the task is cancelled while it waits.
    @concurrent func withConnection<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let start = ContinuousClock.now
        let unit = UnitOfWork(in: self, until: start + timeout)
        return try await withTaskCancellationHandler {
            try await withTaskExecutorPreference(unit) {
                // If a unit is refused just as it gets its connection, it gives the connection back as well.
                defer { unit.finish() }
                if let refusal = unit.refusal { throw refusal }
                if waits.isActive { waits.record(since: start) }
                return try await body(unit)
            }
        } onCancel: {
            unit.refuse(CancellationError())
        }
    }

    /// Refuses everyone who waits, and closes each connection once it is free.
    func shut() {
        let (waiting, idle, isOver) = state.withLock { state in
            state.isClosed = true
            defer { (state.waiting, state.idle) = ([], []) }
            return (state.waiting, state.idle, state.threads == 0)
        }
        if isOver { over.open() }
        for unit in waiting { unit.turnAway(Self.closed) }
        for thread in idle { thread.wake() }
    }

    /// Refuses everyone who waits, and returns once every connection is closed.
    func close() async {
        shut()
        await over.wait()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }
}

extension ConnectionLine {
    private static var closed: DatabaseError { DatabaseError(.closed, "the database is closed") }
    private static var busy: Problem { .unavailable("The database is busy.") }

    /// Adds a unit at the end of the queue.
    func join(_ unit: UnitOfWork) {
        let (admission, isFirst) = state.withLock { state -> (Admission, Bool) in
            if state.isClosed { return (.refuse(Self.closed), false) }
            if let refusal = unit.refusal { return (.refuse(refusal), false) }
            guard state.waiting.count < capacity else { return (.refuse(Self.busy), false) }
            state.waiting.append(unit)
            let isFirst = !state.hasTimer
            state.hasTimer = true
            if let thread = state.idle.popLast() { return (.wake(thread), isFirst) }
            guard state.threads < connections else { return (.nothing, isFirst) }
            state.threads += 1
            return (.start, isFirst)
        }
        if isFirst { lookForOverdue(in: timeout) }
        switch admission {
        case .nothing: break
        case .refuse(let error): unit.turnAway(error)
        case .wake(let thread): thread.wake()
        case .start: start()
        }
    }

    /// Removes a unit from the queue.
    /// - Returns: Whether it was there.
    func remove(_ unit: UnitOfWork) -> Bool {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === unit }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
    }

    /// One timer is enough: all units wait equally long, so overdue ones are at the front.
    private func lookForOverdue(in time: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(time / .nanoseconds(1)))) { [weak self] in
            self?.refuseOverdue()
        }
    }

    private func refuseOverdue() {
        let now = ContinuousClock.now
        let (overdue, next) = state.withLock { state in
            let count = state.waiting.firstIndex { $0.deadline > now } ?? state.waiting.count
            let overdue = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            state.hasTimer = !state.waiting.isEmpty
            return (overdue, state.waiting.first?.deadline)
        }
        if let next { lookForOverdue(in: max(.milliseconds(1), next - now)) }
        for unit in overdue {
            timeouts.increment()
            unit.turnAway(Self.busy)
        }
    }
}

extension ConnectionLine {
    private func start() {
        let thread = Thread { [self] in serve() }
        thread.name = "sqlite"
        thread.start()
    }

    /// The work of a thread: it opens a connection and serves the queue with it until the pool is closed.
    private func serve() {
        do {
            let thread = ConnectionThread(try open())
            while let unit = next(for: thread) { unit.run(on: thread) }
            thread.connection.close()
            end()
        } catch {
            // The units that wait are left to the other threads, if there are any.
            for unit in end() { unit.turnAway(error) }
        }
    }

    /// Waits for a unit.
    /// - Returns: `nil` once the pool is closed.
    private func next(for thread: ConnectionThread) -> UnitOfWork? {
        while true {
            let (unit, isClosed) = state.withLock { state -> (UnitOfWork?, Bool) in
                if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
                if !state.isClosed { state.idle.append(thread) }
                return (nil, state.isClosed)
            }
            if unit != nil || isClosed { return unit }
            thread.park()
        }
    }

    /// Records that a thread has ended.
    /// - Returns: The units that no thread is left for.
    @discardableResult
    private func end() -> [UnitOfWork] {
        let (units, isOver) = state.withLock { state -> ([UnitOfWork], Bool) in
            state.threads -= 1
            guard state.threads == 0 else { return ([], false) }
            defer { state.waiting = [] }
            return (state.waiting, state.isClosed)
        }
        if isOver { over.open() }
        return units
    }
}
