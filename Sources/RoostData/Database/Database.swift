import Roost

/// A relational database: transactions as closures, statements as text with bindings.
///
/// Only one transaction writes at a time; the others wait in order. Reads see a snapshot and wait for no writer.
///
/// The body of a transaction runs on its connection's own executor. So a statement in it costs no change of thread, and whatever else the
/// body computes delays the transactions that wait for the connection: parse, hash and format before or after.
public struct Database: Sendable {
    private let driver: any DatabaseDriver
    private let signal = CommitSignal()

    /// A database behind a driver, its migrations applied.
    public init(driver: any DatabaseDriver, migrations: [Migration] = []) async throws {
        self.driver = driver
        try await migrate(migrations)
    }

    /// Changes the database in one transaction: committed once `body` returns, rolled back where it throws or its task is cancelled.
    /// - Throws: what `body` throws; a `Problem` with status 503 where the writer's turn did not come in time; a `DatabaseError` with
    ///   the code `.nestedTransaction` inside a transaction of this database.
    public func transaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        let result = try await withCallSpan("transaction", .client, ["db.system.name": driver.system]) { try await run(.write, body) }
        signal.fire()
        return result
    }

    /// Reads in one transaction, so that every statement sees the same snapshot.
    /// - Throws: what `body` throws; a `Problem` with status 503 where no connection came free in time.
    public func read<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await run(.read, body)
    }

    /// The rows that one reading statement gives.
    public func query(_ sql: SQL) async throws -> [Row] { try await runAlone(sql, for: .read).rows }

    /// The first row that one reading statement gives.
    public func first(_ sql: SQL) async throws -> Row? { try await query(sql).first }

    /// Runs one statement as a transaction of its own.
    /// - Returns: how many rows were inserted, updated or deleted.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        let changes = try await runAlone(sql, for: .write).changes
        signal.fire()
        return changes
    }

    /// Yields after each commit made through this value. Commits that come while nobody looks are told once.
    public func commits() -> AsyncStream<Void> { signal.stream() }

    /// How the death of a process that used the database is known at once; `nil` where the engine cannot tell.
    public var presence: (any DatabasePresence)? { driver.presence }

    /// Waits for the transactions under way, then closes. A later one fails.
    public func close() async { await driver.close() }
}

extension Database {
    /// Runs `body` in a transaction that may rebuild tables.
    func changeSchema(_ body: @Sendable (Transaction) async throws -> Void) async throws {
        try await run(.schemaChange, body)
        signal.fire()
    }

    private func run<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try checkNesting()
        let database = ObjectIdentifier(signal)
        let (result, transaction) = try await driver.transaction(options) { session in
            let transaction = Transaction(session, database: database)
            defer { transaction.end() }
            return (try await Transaction.$current.withValue(transaction) { try await body(transaction) }, transaction)
        }
        transaction.committed()
        return result
    }

    private func runAlone(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult {
        try checkNesting()
        return try await driver.run(sql, for: access)
    }

    /// - Throws: a `DatabaseError` inside a transaction of this database.
    private func checkNesting() throws {
        if let outer = Transaction.current, outer.isOpen, outer.database == ObjectIdentifier(signal) {
            throw DatabaseError(.nestedTransaction, "this task is inside a transaction of this database already: use that one")
        }
    }
}
