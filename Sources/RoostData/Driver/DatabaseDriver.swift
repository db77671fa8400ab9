import Roost

/// Decodes one row of a result.
public typealias RowDecoder<Row> = @Sendable (inout RowReader) throws -> Row

/// A database engine.
public protocol DatabaseDriver: Sendable {
    /// The engine's SQL.
    var dialect: Dialect { get }

    /// Runs work in one transaction on a connection of its own. It is committed when the work returns, and rolled back if the work throws
    /// or the task was cancelled. If the engine cannot serialize it with other transactions, or breaks a deadlock, the work is run again.
    ///
    /// The driver begins and ends the transaction. The work runs on the executor of the connection, so its statements need no change of
    /// thread.
    /// - Throws: The error of the work; a `Problem` with status 503 if no connection became available in time.
    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result

    /// Runs one statement as a transaction of its own.
    /// - Parameters:
    ///   - statement: The statement.
    ///   - access: Whether it only reads.
    ///   - decode: Decodes each row, on a thread of the driver's choice.
    /// - Throws: A `DatabaseError`; a `Problem` with status 503 if no connection became available in time; the error of `decode`.
    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row>

    /// Runs statements that are all known beforehand as a transaction of their own, in as few exchanges with the engine as possible. Each
    /// statement sees the changes of those before it. If the engine cannot serialize the transaction with others, or breaks a deadlock, the
    /// statements are run again.
    /// - Parameters:
    ///   - statements: The statements.
    ///   - access: Whether they only read.
    ///   - decode: Decodes each row of each statement, on a thread of the driver's choice.
    /// - Returns: The result of each statement.
    /// - Throws: The error of the first statement that fails, after which none has an effect; a `Problem` with status 503 if no connection
    ///   became available in time; the error of `decode`, after which the changes may have been committed.
    func run<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>]

    /// Returns a stream with an element after each committed transaction that signalled the channel, from any process if the engine can
    /// tell. Signals may be combined, and there may be more of them than transactions: a signal says that it is worth looking.
    /// - Parameter channel: The name of the channel: 1 to 63 lowercase letters, digits and underscores.
    func signals(_ channel: String) -> AsyncStream<Void>

    /// Refuses everyone who waits for a connection, waits for the transactions in progress, and closes all connections. Later calls fail
    /// with a `DatabaseError` with the code `.closed`.
    func close() async

    /// Detects that a process which used the database has died; `nil` if the engine cannot.
    var presence: (any DatabasePresence)? { get }

    /// Whether a connection is the same session of the engine from one transaction to the next. It is not behind a pooler that gives each
    /// transaction another one.
    var keepsSessions: Bool { get }

    /// A driver that reads from replicas, which may be a moment behind; `nil` if there are none. `close()` closes it too.
    var replica: (any DatabaseDriver)? { get }
}

extension DatabaseDriver {
    /// Runs the statements in a transaction.
    public func run<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        if statements.isEmpty { return [] }
        return try await transaction(access == .read ? .read : .write) { try await $0.run(statements, decode) }
    }

    /// `true`: there is no pooler.
    public var keepsSessions: Bool { true }

    /// `nil`: the engine has no replicas.
    public var replica: (any DatabaseDriver)? { nil }
}

/// The connection of a transaction in progress. It can be used from any task and from several at once: the statements run one after
/// another.
public protocol DatabaseSession: Sendable {
    /// Runs one statement.
    /// - Parameters:
    ///   - statement: The statement.
    ///   - decode: Decodes each row, on the connection's executor.
    /// - Throws: A `DatabaseError`, with the code `.closed` if the transaction has ended; the error of `decode`.
    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row>

    /// Runs statements that are all known beforehand, in as few exchanges with the engine as possible.
    /// - Parameters:
    ///   - statements: The statements.
    ///   - decode: Decodes each row of each statement, on the connection's executor.
    /// - Returns: The result of each statement.
    /// - Throws: The error of the first statement that fails, after which the later ones are not run; the error of `decode`.
    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>]

    /// Runs several statements of trusted text, separated by semicolons.
    /// - Throws: A `DatabaseError`, with the code `.closed` if the transaction has ended.
    func run(script: String) async throws

    /// Runs one statement and passes on its rows in portions. The next portion is read once `body` has returned.
    /// - Parameters:
    ///   - statement: A statement that reads.
    ///   - count: The largest number of rows in a portion.
    ///   - decode: Decodes each row.
    ///   - body: Takes a portion.
    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws

    /// Sets a savepoint, releases it, or undoes everything since it was set.
    func savepoint(_ action: SavepointAction, named name: String) async throws

    /// Signals a channel when the transaction is committed; see `DatabaseDriver.signals(_:)`.
    func signal(_ channel: String) async throws
}

/// What to do with a savepoint.
public enum SavepointAction: Hashable, Sendable {
    /// Sets it.
    case set
    /// Forgets it, and keeps the changes since it was set.
    case release
    /// Undoes the changes since it was set, and forgets it.
    case rollBack
}
