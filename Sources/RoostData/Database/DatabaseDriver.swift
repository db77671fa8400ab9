import Roost

/// The purpose of a connection.
public enum DatabaseAccess: Hashable, Sendable {
    /// Reads a snapshot, concurrently with the writer and other readers.
    case read
    /// Reads and writes.
    case write
}

/// The options of a transaction.
public struct TransactionOptions: Hashable, Sendable {
    /// The purpose of the transaction.
    public var access: DatabaseAccess
    /// Whether tables can be rebuilt: dropping a table leaves the rows that refer to it alone. Foreign keys are checked again at the
    /// commit, which fails if one is violated.
    public var changesSchema: Bool

    /// Creates options.
    public init(access: DatabaseAccess, changesSchema: Bool = false) {
        self.access = access
        self.changesSchema = changesSchema
    }

    /// Reads one snapshot.
    public static let read = TransactionOptions(access: .read)
    /// Reads and writes.
    public static let write = TransactionOptions(access: .write)
    /// Changes the schema, and may rebuild tables.
    public static let schemaChange = TransactionOptions(access: .write, changesSchema: true)
}

/// A database engine.
public protocol DatabaseDriver: Sendable {
    /// The name of the engine as in OpenTelemetry's `db.system.name`, such as `sqlite` or `postgresql`.
    var system: String { get }

    /// Runs work in one transaction on a connection of its own. It is committed when the work returns, and rolled back if the work throws
    /// or the task was cancelled.
    ///
    /// The driver begins and ends the transaction. The work runs on the executor of the connection, so its statements need no change of
    /// thread.
    /// - Throws: The error of the work; a `Problem` with status 503 if no connection became available in time.
    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result

    /// Runs one statement as a transaction of its own.
    /// - Throws: A `DatabaseError`; a `Problem` with status 503 if no connection became available in time.
    func run(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult

    /// Refuses everyone who waits for a connection, waits for the transactions in progress, and closes all connections. Later calls fail
    /// with a `DatabaseError` with the code `.closed`.
    func close() async
    /// Detects that a process which used the database has died; `nil` if the engine cannot.
    var presence: (any DatabasePresence)? { get }
}

/// The connection of a transaction in progress. It can be used from any task and from several at once: the statements run one after
/// another. Cancellation does not interrupt a statement.
public protocol DatabaseSession: Sendable {
    /// Runs one statement.
    /// - Throws: A `DatabaseError`, with the code `.closed` if the transaction has ended.
    func run(_ sql: SQL) async throws -> DatabaseResult

    /// Runs several statements of trusted text, separated by semicolons.
    /// - Throws: A `DatabaseError`, with the code `.closed` if the transaction has ended.
    func run(script: String) async throws
}

/// The result of a statement.
public struct DatabaseResult: Sendable {
    /// All rows of the result.
    public var rows: [ResultRow]
    /// The number of rows that were inserted, updated or deleted.
    public var changes: Int

    /// Creates a result.
    public init(rows: [ResultRow] = [], changes: Int = 0) {
        self.rows = rows
        self.changes = changes
    }
}
