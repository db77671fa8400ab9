import Roost

/// A relational database: transactions as closures, statements as text with bindings.
///
/// Only one transaction writes at a time, and others wait in order. Reads see a snapshot and do not wait for a writer.
///
/// The body of a transaction runs on the executor of its connection, so its statements need no change of thread. Other work in the body
/// delays the transactions that wait for the connection: parse, hash and format before or after the transaction.
public struct Database: Sendable {
    /// The clock that the database's data goes by: when jobs are due, and when leases expire.
    public let clock: any ServiceClock
    private let driver: any DatabaseDriver
    private let committed = Notifier()

    /// Creates a database behind a driver, and applies its migrations.
    public init(
        driver: any DatabaseDriver, migrations: [Migration] = [], clock: any ServiceClock = WallClock()
    ) async throws {
        self.driver = driver
        self.clock = clock
        try await migrate(migrations)
    }

    /// Changes the database in one transaction. It is committed when the body returns, and rolled back if the body throws or the task is
    /// cancelled.
    /// - Parameter body: Runs the statements.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body; a `Problem` with status 503 if other writers took too long; a `DatabaseError` with the code
    ///   `.nestedTransaction` inside a transaction of this database.
    public func transaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        let result = try await withCallSpan("transaction", .client, ["db.system.name": driver.system]) { try await run(.write, body) }
        committed.notify()
        return result
    }

    /// Reads in one transaction, so that every statement sees the same snapshot.
    /// - Parameter body: Runs the statements.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body; a `Problem` with status 503 if no connection became available in time.
    public func read<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await run(.read, body)
    }

    /// Returns the rows of one reading statement.
    public func query(_ sql: SQL) async throws -> [ResultRow] { try await runAlone(sql, for: .read).rows }

    /// Returns the first row of one reading statement, or `nil` if there is none.
    public func first(_ sql: SQL) async throws -> ResultRow? { try await query(sql).first }

    /// Runs one statement as a transaction of its own.
    /// - Returns: The number of rows that were inserted, updated or deleted.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        let changes = try await runAlone(sql, for: .write).changes
        committed.notify()
        return changes
    }

    /// Returns a stream with an element for each commit through this value. Commits between two reads are combined.
    public func commits() -> AsyncStream<Void> { committed.notifications() }

    /// Detects that a process which used the database has died; `nil` if the engine cannot.
    public var presence: (any DatabasePresence)? { driver.presence }

    /// Waits for the transactions in progress, and closes the database. Later transactions fail.
    public func close() async { await driver.close() }
}

extension Database {
    /// Runs work in a transaction that may rebuild tables.
    func changeSchema(_ body: @Sendable (Transaction) async throws -> Void) async throws {
        try await run(.schemaChange, body)
        committed.notify()
    }

    private func run<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try checkNesting()
        let database = ObjectIdentifier(committed)
        let (result, transaction) = try await driver.transaction(options) { session in
            let transaction = Transaction(session, database: database, system: driver.system, clock: clock)
            defer { transaction.end() }
            return (try await Transaction.$current.withValue(transaction) { try await body(transaction) }, transaction)
        }
        transaction.committed()
        return result
    }

    private func runAlone(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult {
        try checkNesting()
        return try await withCallSpan(sql.operation, .client, Self.attributes(of: driver.system, commits: access == .write)) {
            try await driver.run(sql, for: access)
        }
    }

    /// What the span of a statement says that is a transaction of its own. One that commits a change says so.
    private static func attributes(of system: String, commits: Bool) -> KeyValuePairs<String, String> {
        commits ? ["db.system.name": system, "roost.db.commits": "true"] : ["db.system.name": system]
    }

    /// Checks that the task is in no transaction of this database.
    /// - Throws: A `DatabaseError` if it is.
    private func checkNesting() throws {
        if let outer = Transaction.current, outer.isOpen, outer.database == ObjectIdentifier(committed) {
            throw DatabaseError(.nestedTransaction, "this task is already in a transaction of this database: use that one")
        }
    }
}
