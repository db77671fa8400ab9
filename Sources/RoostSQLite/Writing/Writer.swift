import DequeModule
import Roost
import RoostData
import Synchronization

/// The connection that writes to a database file, its thread, and the queue of the units that wait for their turn, in order of arrival and
/// each for a limited time.
///
/// The connection is opened when it is first needed, and then kept.
final class Writer: Sendable {
    struct Job {
        let job: UnownedJob
        let unit: UnitOfWork
    }

    enum Parking { case none, idle, suspended }

    struct State {
        var waiting: Deque<UnitOfWork> = []
        /// Jobs of units that have begun.
        var jobs: [Job] = []
        /// What the thread waits for.
        var parking = Parking.none
        var hasThread = false
        var isClosed = false
        /// Whether a timer will look for units that have waited too long.
        var hasTimer = false
    }

    let state = Mutex(State())
    let thread = WriterThread()
    /// Opens when the connection is closed.
    let over = Latch()
    let file: SQLiteFile
    let timeout: Duration
    let capacity: Int
    let limits: CommitLimits
    let open: @Sendable () throws -> SQLiteConnection
    private let waits: DurationMetric
    let timeouts: CountMetric

    /// Creates a writer without a connection.
    /// - Parameters:
    ///   - file: The file.
    ///   - timeout: The longest time to wait.
    ///   - capacity: The largest number of units that wait.
    ///   - limits: The limits of groups of units that are committed together.
    ///   - pool: The name of the connection in the metrics.
    ///   - open: Opens the connection. It runs on the connection's thread and may block it.
    init(
        _ file: SQLiteFile, timeout: Duration, capacity: Int = 10_000, limits: CommitLimits = CommitLimits(), pool: String = "",
        open: @escaping @Sendable () throws -> SQLiteConnection
    ) {
        self.file = file
        self.timeout = timeout
        self.capacity = capacity
        self.limits = limits
        self.open = open
        let dimensions = [("db.system.name", "sqlite"), ("db.client.connection.pool.name", pool)]
        waits = DurationMetric("db.client.connection.wait_time", dimensions)
        timeouts = CountMetric("db.client.connection.timeouts", dimensions)
    }

    /// Runs work in a transaction, on the thread of the connection.
    /// - Parameters:
    ///   - changesSchema: Whether tables can be rebuilt.
    ///   - durability: When its commit counts as done.
    ///   - body: The work.
    /// - Throws: The error of the work; a `Problem` with status 503 if too many wait or the wait took too long; a `DatabaseError` after
    ///   closing, and if the transaction cannot be committed; a `LostCommit` if it was lost together with another one; the error of opening
    ///   the connection; a `CancellationError` if the task is cancelled.
    @concurrent func transaction<Result: Sendable>(
        changesSchema: Bool = false, durability: CommitDurability = .durable, _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let start = ContinuousClock.now, logger = RequestContext.currentLogger
        let unit = UnitOfWork(in: self, until: start + timeout, changesSchema: changesSchema, durability: durability) {
            logger.warning("\($0)")
        }
        return try await withTaskCancellationHandler {
            try await withTaskExecutorPreference(unit) {
                if let refusal = unit.refusal { throw refusal }
                record(start)
                let outcome: Swift.Result<Result, any Error>
                do {
                    try await use(unit) { try $0.begin(unit) }
                    let result = try await body(unit)
                    try Task.checkCancellation()
                    outcome = .success(result)
                } catch {
                    outcome = .failure(error)
                }
                try await end(unit, keeping: (try? outcome.get()) != nil)
                return try outcome.get()
            }
        } onCancel: {
            unit.refuse(CancellationError())
        }
    }

    /// Runs a statement as a transaction of its own.
    /// - Throws: The same errors as for a transaction.
    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try Task.checkCancellation()
        let start = ContinuousClock.now
        let unit = UnitOfWork(in: self, until: start + timeout, changesSchema: statement.isRefusedInTransactions)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                unit.join(
                    with: UnitOfWork.Work {
                        self.record(start)
                        Self.run(statement, decode, as: unit, in: $0) { continuation.resume(with: $0) }
                    } refuse: {
                        continuation.resume(throwing: $0)
                    })
            }
        } onCancel: {
            unit.refuse(CancellationError())
        }
    }

    private static func run<Row: Sendable>(
        _ statement: Statement, _ decode: @escaping RowDecoder<Row>, as unit: UnitOfWork, in group: CommitGroup,
        _ completion: @escaping @Sendable (Result<StatementResult<Row>, any Error>) -> Void
    ) {
        do {
            try group.begin(unit)
            let result =
                unit.changesSchema
                ? try group.runOutsideTransaction(statement, decode, in: unit) : try group.run(statement, decode, in: unit)
            group.end(unit, keeping: true) { failure in completion(failure.map { .failure($0) } ?? .success(result)) }
        } catch {
            group.end(unit, keeping: false) { failure in completion(.failure(failure ?? error)) }
        }
    }

    /// Uses the group of a unit: directly on its thread, and otherwise after changing to that thread.
    /// - Throws: A `DatabaseError` with the code `.closed` if the unit is over.
    @concurrent func use<Result: Sendable>(_ unit: UnitOfWork, _ body: @Sendable (CommitGroup) throws -> Result) async throws -> Result {
        if let group = thread.group { return try body(group) }
        return try await withTaskExecutorPreference(unit) {
            guard let group = thread.group else { throw DatabaseError(.closed, "the transaction is over") }
            return try body(group)
        }
    }

    /// Ends a unit, and waits until it is committed or undone. It is called on the thread.
    /// - Throws: The reason if the unit could not be committed.
    private func end(_ unit: UnitOfWork, keeping: Bool) async throws {
        let failure: (any Error)? = await withCheckedContinuation { continuation in
            guard let group = thread.group else {
                return continuation.resume(returning: unit.refusal ?? DatabaseError(.closed, "the database is closed"))
            }
            group.end(unit, keeping: keeping) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    private func record(_ start: ContinuousClock.Instant) {
        if waits.isActive { waits.record(since: start) }
    }
}

extension Statement {
    /// Whether the engine refuses the statement in a transaction: whether it is `VACUUM`, after space and comments.
    var isRefusedInTransactions: Bool {
        var rest = text.utf8[...]
        while let first = rest.first {
            if [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(first) {
                rest = rest.dropFirst()
            } else if rest.starts(with: "--".utf8) {
                rest = rest.drop { $0 != 0x0A }
            } else if rest.starts(with: "/*".utf8) {
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest = rest.dropFirst() }
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        return rest.prefix(6).elementsEqual("vacuum".utf8) { $0 | 0x20 == $1 }
    }
}
