import Roost

/// What a connection is wanted for.
public enum DatabaseAccess: Hashable, Sendable {
    /// A snapshot, beside the writer and other readers.
    case read
    /// Changes.
    case write
}

/// How a transaction runs.
public struct TransactionOptions: Hashable, Sendable {
    /// What the transaction is for.
    public var access: DatabaseAccess
    /// Whether tables may be rebuilt: dropping one touches no row that refers to it. Foreign keys are enforced again by the commit, which
    /// fails if one is violated.
    public var changesSchema: Bool

    /// Creates options.
    public init(access: DatabaseAccess, changesSchema: Bool = false) {
        self.access = access
        self.changesSchema = changesSchema
    }

    /// Reads from one snapshot.
    public static let read = TransactionOptions(access: .read)
    /// Reads and changes.
    public static let write = TransactionOptions(access: .write)
    /// Changes that may rebuild tables.
    public static let schemaChange = TransactionOptions(access: .write, changesSchema: true)
}

/// A database engine.
public protocol DatabaseDriver: Sendable {
    /// Names the engine, as OpenTelemetry's `db.system.name` does: `sqlite`, `postgresql`.
    var system: String { get }

    /// Runs `body` in one transaction on a connection of its own: committed once `body` returns, rolled back if it throws or its task is
    /// cancelled by then.
    ///
    /// The driver owns the beginning and the end of the transaction. The body runs on the connection's own executor, so that its statements
    /// change no thread.
    /// - Throws: what `body` throws; a `Problem` with status 503 if no connection came free in time.
    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result

    /// Runs one statement as a transaction of its own.
    /// - Throws: a `DatabaseError`; a `Problem` with status 503 if no connection came free in time.
    func run(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult

    /// Turns away everyone who waits for a connection, waits for the transactions under way, then closes all connections. What comes
    /// later fails with a `DatabaseError` with the code `.closed`.
    func close() async
    /// How the death of a process that used the database is known at once; `nil` where the engine cannot tell.
    var presence: (any DatabasePresence)? { get }
}

/// The connection of a transaction under way, as the transaction's body uses it. It may be used from any task and from several at once:
/// the statements run one after another. Cancellation cuts no statement short.
public protocol DatabaseSession: Sendable {
    /// Runs one statement.
    /// - Throws: a `DatabaseError`, with the code `.closed` once the transaction is over.
    func run(_ sql: SQL) async throws -> DatabaseResult

    /// Runs several statements of trusted text, separated by semicolons.
    /// - Throws: a `DatabaseError`, with the code `.closed` once the transaction is over.
    func run(script: String) async throws
}

/// What a statement gave.
public struct DatabaseResult: Sendable {
    /// The rows, all of them.
    public var rows: [Row]
    /// How many rows were inserted, updated or deleted.
    public var changes: Int

    /// Creates a result.
    public init(rows: [Row] = [], changes: Int = 0) {
        self.rows = rows
        self.changes = changes
    }
}
