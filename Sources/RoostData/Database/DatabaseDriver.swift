/// What a connection is wanted for.
public enum DatabaseAccess: Hashable, Sendable {
    /// A snapshot, beside the writer and other readers.
    case read
    /// Changes.
    case write
}

/// A database engine.
public protocol DatabaseDriver: Sendable {
    /// Waits its turn for a connection.
    /// - Throws: a `Problem` with status 503 where none came free in time.
    func connect(for access: DatabaseAccess) async throws -> any DatabaseConnection
    /// Waits for the connections in use, then closes all. Connecting fails from now on.
    func close() async
    /// How the death of a process that used the database is known at once; `nil` where the engine cannot tell.
    var presence: (any DatabasePresence)? { get }
}

/// A connection, used by one caller at a time. Its work is never cut short by cancellation, so that a rollback runs as well.
public protocol DatabaseConnection: Sendable {
    func run(_ command: DatabaseCommand) async throws -> DatabaseResult
    /// Gives the connection back, with no transaction open.
    func release()
}

/// What a connection can be told.
public enum DatabaseCommand: Sendable {
    case begin, commit, rollback
    /// Begins a transaction in which tables may be rebuilt: dropping one touches no row that refers to it. Foreign keys are enforced
    /// again by its commit, which fails where one is violated.
    case beginSchemaChange
    /// One statement.
    case statement(SQL)
    /// Several statements of trusted text, separated by semicolons.
    case script(String)
}

/// What a statement gave.
public struct DatabaseResult: Sendable {
    public var rows: [Row]
    /// How many rows were inserted, updated or deleted.
    public var changes: Int

    public init(rows: [Row] = [], changes: Int = 0) {
        self.rows = rows
        self.changes = changes
    }
}
