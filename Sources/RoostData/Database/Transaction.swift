import Roost

/// A transaction that reads and writes. Others see its changes after the commit, either all of them or none.
public struct Transaction: Changing {
    let work: OpenTransaction

    /// The engine's SQL.
    public var dialect: Dialect { work.dialect }
    /// The clock of the database.
    public var clock: any ServiceClock { work.clock }

    /// Runs one statement; see `Querying`. If it fails, the transaction can continue only on engines that allow it, or if the statement
    /// was within a `savepoint`.
    public func rows<Row: Sendable>(of statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> [Row] {
        try await work.run(statement, decode).rows
    }

    /// Runs several statements; see `Querying`.
    public func rows<Row: Sendable>(of statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [[Row]] {
        try await work.run(statements, decode).map(\.rows)
    }

    /// Runs one statement; see `Changing`. If it fails, the transaction can continue only on engines that allow it, or if the statement
    /// was within a `savepoint`.
    public func change<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await work.run(statement, decode)
    }

    /// Runs work in this transaction.
    public func snapshot<Result: Sendable>(_ body: @Sendable (any Querying) async throws -> Result) async throws -> Result {
        try await body(self)
    }

    /// Runs work in this transaction. If it throws, its changes are undone.
    public func inTransaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await savepoint { try await body(self) }
    }

    /// Runs work whose changes are undone if it throws. The transaction can continue afterwards.
    /// - Returns: The result of the work.
    /// - Throws: The error of the work.
    public func savepoint<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let session = try work.open, name = "roost_savepoint", actions = work.actionCount
        try await session.savepoint(.set, named: name)
        do {
            let result = try await body()
            try await session.savepoint(.release, named: name)
            return result
        } catch {
            work.forgetActions(after: actions)
            do {
                try await session.savepoint(.rollBack, named: name)
            } catch let undoing {
                // The transaction must not be committed with what could not be undone, even if the caller goes on.
                work.fail(with: undoing)
            }
            throw error
        }
    }

    /// Signals a channel when the transaction is committed; see `Database.signals(_:)`.
    public func signal(_ channel: String) async throws { try await work.open.signal(channel) }

    /// The driver's session, for what only some engines have.
    /// - Throws: A `DatabaseError` if the transaction is over.
    package var session: any DatabaseSession { get throws { try work.open } }

    /// Runs an action after the commit. It does not run if the transaction, or the savepoint around it, is rolled back.
    public func onCommit(_ action: @escaping @Sendable () -> Void) { work.onCommit(action) }

    /// Runs several statements of trusted text, separated by semicolons.
    func run(script: String) async throws { try await work.open.run(script: script) }
}
