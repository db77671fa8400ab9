import Roost
import Synchronization

/// The session of a transaction in progress, for as long as the transaction's body runs.
struct OpenTransaction: Sendable {
    let dialect: Dialect
    let clock: any ServiceClock
    let database: ObjectIdentifier
    private let session: any DatabaseSession
    private let slowness: Duration?
    private let state = State()

    /// - Parameter database: Identifies the database, to detect a transaction inside another.
    init(
        _ session: any DatabaseSession, of database: ObjectIdentifier, dialect: Dialect, clock: any ServiceClock, slowness: Duration? = nil
    ) {
        self.session = session
        self.database = database
        self.dialect = dialect
        self.clock = clock
        self.slowness = slowness
    }

    /// The open transaction of the current task.
    @TaskLocal static var current: OpenTransaction?

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        let session = try open
        return try await withCallSpan(statement.operation, .client, ["db.system.name": dialect.system]) {
            try await statement.observed(slowness) { try await session.run(statement, decode) }
        }
    }

    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
        let session = try open
        if statements.isEmpty { return [] }
        return try await withCallSpan("batch", .client, ["db.system.name": dialect.system]) {
            try await statements.observed(slowness) { try await session.run(statements, decode) }
        }
    }

    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let session = try open
        try await withCallSpan(statement.operation, .client, ["db.system.name": dialect.system]) {
            StatementCounts.current?.add(statement.text)
            try await session.stream(statement, fetchSize: count, decode, body)
        }
    }

    /// The session.
    /// - Throws: A `DatabaseError` if the transaction is over.
    var open: any DatabaseSession {
        get throws {
            guard isOpen else { throw DatabaseError(.closed, "the transaction is over") }
            return session
        }
    }

    var isOpen: Bool { state.isOpen.load(ordering: .acquiring) }

    /// Ends the transaction for code that still refers to it.
    func end() { state.isOpen.store(false, ordering: .releasing) }

    func onCommit(_ action: @escaping @Sendable () -> Void) { state.actions.withLock { $0.append(action) } }

    /// The number of actions that were added so far.
    var actionCount: Int { state.actions.withLock { $0.count } }

    /// Forgets the actions that were added after there were `count`.
    func forgetActions(after count: Int) { state.actions.withLock { $0.removeLast(max(0, $0.count - count)) } }

    /// Keeps the transaction from being committed, because it contains what should have been undone.
    func fail(with error: any Error) { state.fault.withLock { $0 = $0 ?? error } }

    /// Checks that the transaction may be committed.
    func checkCommit() throws { if let fault = state.fault.withLock({ $0 }) { throw fault } }

    func committed() {
        for action in state.actions.withLock({ $0 }) { action() }
    }

    private final class State: Sendable {
        let isOpen = Atomic(true)
        let actions = Mutex<[@Sendable () -> Void]>([])
        let fault = Mutex<(any Error)?>(nil)
    }
}
