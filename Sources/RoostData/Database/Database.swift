import Roost

/// A relational database: models and queries, statements as text with bindings, and transactions as closures.
///
/// Reads see a snapshot and do not wait for a writer.
///
/// The body of a transaction runs on the executor of its connection, so its statements need no change of thread. Other work in the body
/// delays the transactions that wait for the connection: parse, hash and format before or after the transaction.
public struct Database: Changing, SnapshotSource {
    /// The clock that the database's data goes by: when jobs are due, and when leases expire.
    public let clock: any ServiceClock
    private(set) var driver: any DatabaseDriver
    private let committed = Notifier()
    /// How long a statement takes at least that is logged as slow.
    var slowness: Duration?

    /// Creates a database behind a driver, and applies its migrations.
    public init(
        driver: any DatabaseDriver, migrations: [Migration] = [], clock: any ServiceClock = WallClock()
    ) async throws {
        self.driver = driver
        self.clock = clock
        try await migrate(migrations)
    }

    /// The engine's SQL.
    public var dialect: Dialect { driver.dialect }

    /// Changes the database in one transaction. It is committed when the body returns, and rolled back if the body throws or the task is
    /// cancelled.
    /// - Parameters:
    ///   - isolation: The isolation that the transaction needs at least.
    ///   - durability: When the commit counts as done.
    ///   - body: Runs the statements. If the engine cannot serialize the transaction with others, the body is run again, so it must have no
    ///     other effects: use `Transaction.onCommit(_:)` for those.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body; a `Problem` with status 503 if other writers took too long; a `DatabaseError` with the code
    ///   `.nestedTransaction` inside a transaction of this database.
    public func transaction<Result: Sendable>(
        _ isolation: IsolationLevel = .readCommitted, durability: CommitDurability = .durable,
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let options = TransactionOptions(access: .write, isolation: isolation, durability: durability)
        let result = try await withCallSpan("transaction", .client, ["db.system.name": dialect.system]) {
            try await run(options) { try await body(Transaction(work: $0)) }
        }
        committed.notify()
        return result
    }

    /// Reads in one transaction, so that every statement sees the same snapshot.
    /// - Parameter body: Runs the statements.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body; a `Problem` with status 503 if no connection became available in time.
    public func read<Result: Sendable>(_ body: @Sendable (Snapshot) async throws -> Result) async throws -> Result {
        try await run(.read) { try await body(Snapshot(work: $0)) }
    }

    /// Runs one statement that reads; see `Querying`.
    public func rows<Row: Sendable>(of statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> [Row] {
        try await runAlone(statement, for: .read, decode).rows
    }

    /// Runs several statements that read, each of which sees what was committed before it; see `Querying`.
    public func rows<Row: Sendable>(of statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [[Row]] {
        try await runAlone(statements, for: .read, decode).map(\.rows)
    }

    /// Runs one statement as a transaction of its own; see `Changing`.
    public func change<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        let result = try await runAlone(statement, for: .write, decode)
        committed.notify()
        return result
    }

    /// Runs work in one transaction.
    public func inTransaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await transaction { try await body($0) }
    }

    /// Returns a stream with an element for each commit through this value. Commits between two reads are combined.
    public func commits() -> AsyncStream<Void> { committed.notifications() }

    /// Returns a stream with an element after each committed transaction that called `Transaction.signal(_:)`, in this process and, if the
    /// engine can tell, in others. Signals may be combined, and there may be more of them than transactions: a signal says that it is worth
    /// looking.
    /// - Parameter channel: The name of the channel: 1 to 63 lowercase letters, digits and underscores.
    public func signals(_ channel: String) -> AsyncStream<Void> { driver.signals(channel) }

    /// Detects that a process which used the database has died; `nil` if the engine cannot.
    public var presence: (any DatabasePresence)? { driver.presence }

    /// Waits for the transactions in progress, and closes the database. Later transactions fail.
    public func close() async { await driver.close() }
}

extension Database {
    /// Returns the same database, read through another driver.
    func reading(from driver: any DatabaseDriver) -> Database {
        var database = self
        database.driver = driver
        return database
    }

    /// Runs work with the database, and closes it.
    package func closing<Result>(after body: (Database) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }

    /// Runs work in a transaction that may rebuild tables.
    func changeSchema<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        let result = try await run(.schemaChange) { try await body(Transaction(work: $0)) }
        committed.notify()
        return result
    }

    private func run<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (OpenTransaction) async throws -> Result
    ) async throws -> Result {
        try checkNesting()
        let database = ObjectIdentifier(committed)
        let (result, work) = try await driver.transaction(options) { session in
            let work = OpenTransaction(session, of: database, dialect: dialect, clock: clock, slowness: slowness)
            defer { work.end() }
            let result = try await OpenTransaction.$current.withValue(work) { try await body(work) }
            try work.checkCommit()
            return (result, work)
        }
        work.committed()
        return result
    }

    private func runAlone<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        try checkNesting()
        return try await withCallSpan(statement.operation, .client, Self.attributes(of: dialect.system, commits: access == .write)) {
            try await statement.observed(slowness) { try await driver.run(statement, for: access, decode) }
        }
    }

    /// Runs statements as one transaction.
    func runAlone<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        guard statements.count > 1 else {
            guard let statement = statements.first else { return [] }
            let result = try await runAlone(statement, for: access, decode)
            if access == .write { committed.notify() }
            return [result]
        }
        try checkNesting()
        let results = try await withCallSpan("batch", .client, Self.attributes(of: dialect.system, commits: access == .write)) {
            try await statements.observed(slowness) { try await driver.run(statements, for: access, decode) }
        }
        if access == .write { committed.notify() }
        return results
    }

    /// What the span of a statement says that is a transaction of its own. One that commits a change says so.
    private static func attributes(of system: String, commits: Bool) -> KeyValuePairs<String, String> {
        commits ? ["db.system.name": system, "roost.db.commits": "true"] : ["db.system.name": system]
    }

    /// Checks that the task is in no transaction of this database.
    /// - Throws: A `DatabaseError` if it is.
    private func checkNesting() throws {
        if let outer = OpenTransaction.current, outer.isOpen, outer.database == ObjectIdentifier(committed) {
            throw DatabaseError(.nestedTransaction, "this task is already in a transaction of this database: use that one")
        }
    }
}
