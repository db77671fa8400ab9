/// A relational database: transactions as closures, statements as text with bindings.
///
/// Only one transaction writes at a time; the others wait in order. Reads see a snapshot and wait for no writer.
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
        let result = try await run(for: .write, body)
        signal.fire()
        return result
    }

    /// Reads in one transaction, so that every statement sees the same snapshot.
    /// - Throws: what `body` throws; a `Problem` with status 503 where no connection came free in time.
    public func read<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await run(for: .read, body)
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
        try await run(for: .write, from: .beginSchemaChange, body)
        signal.fire()
    }

    private func run<Result: Sendable>(
        for access: DatabaseAccess, from beginning: DatabaseCommand = .begin, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(for: access)
        defer { connection.release() }
        _ = try await connection.run(beginning)
        let transaction = Transaction(connection, database: ObjectIdentifier(signal))
        do {
            let result = try await Transaction.$current.withValue(transaction) { try await body(transaction) }
            transaction.end()
            try Task.checkCancellation()
            _ = try await connection.run(.commit)
            transaction.committed()
            return result
        } catch {
            transaction.end()
            // The first error is the one to tell. Where a rollback fails, the engine has ended the transaction by itself.
            _ = try? await connection.run(.rollback)
            throw error
        }
    }

    private func runAlone(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult {
        let connection = try await connect(for: access)
        defer { connection.release() }
        return try await connection.run(.statement(sql))
    }

    private func connect(for access: DatabaseAccess) async throws -> any DatabaseConnection {
        if let outer = Transaction.current, outer.isOpen, outer.database == ObjectIdentifier(signal) {
            throw DatabaseError(.nestedTransaction, "this task is inside a transaction of this database already: use that one")
        }
        return try await driver.connect(for: access)
    }
}
