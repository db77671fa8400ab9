import Roost

/// Something that statements can be run on: a `Database`, its replicas, a `Snapshot` or a `Transaction`. A function that only reads takes
/// `some Querying`, and works with all of them.
public protocol Querying: Sendable {
    /// The engine's SQL.
    var dialect: Dialect { get }

    /// The clock of the database.
    var clock: any ServiceClock { get }

    /// Runs one statement that reads.
    /// - Parameters:
    ///   - statement: The statement.
    ///   - decode: Decodes each row, on a thread of the driver's choice.
    /// - Returns: The decoded rows.
    /// - Throws: A `DatabaseError`; a `Problem` with status 503 if no connection became available in time; the error of `decode`.
    func rows<Row: Sendable>(of statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> [Row]

    /// Runs statements that read and are all known beforehand, in as few exchanges with the engine as possible.
    /// - Parameters:
    ///   - statements: The statements.
    ///   - decode: Decodes each row of each statement, on a thread of the driver's choice.
    /// - Returns: The decoded rows of each statement.
    /// - Throws: The error of the first statement that fails; see the other `rows`.
    func rows<Row: Sendable>(of statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [[Row]]

    /// Runs work whose statements all see the same snapshot, as far as the isolation of a surrounding transaction allows.
    func snapshot<Result: Sendable>(_ body: @Sendable (any Querying) async throws -> Result) async throws -> Result
}

/// Something that statements can be run on which change rows: a `Database` or a `Transaction`.
public protocol Changing: Querying {
    /// Runs one statement that changes rows.
    /// - Parameters:
    ///   - statement: The statement.
    ///   - decode: Decodes each row that the statement returns.
    /// - Returns: The decoded rows, and the number of changed rows.
    /// - Throws: A `DatabaseError`; a `Problem` with status 503 if no connection became available in time; the error of `decode`.
    func change<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row>

    /// Runs work in one transaction: the surrounding one, or otherwise one of its own.
    func inTransaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result
}

extension Querying {
    /// Returns the rows of a statement that reads.
    public func query(_ sql: SQL) async throws -> [ResultRow] { try await rows(of: sql.statement) { try ResultRow(&$0) } }

    /// Returns the first row of a statement that reads, or `nil` if there is none.
    public func first(_ sql: SQL) async throws -> ResultRow? { try await query(sql).first }
}

extension Changing {
    /// Runs one statement.
    /// - Returns: The number of rows that were inserted, updated or deleted.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await change(sql.statement) { _ in }.changes }

    /// Runs one statement that changes rows, and returns those that its `RETURNING` names.
    public func returning(_ sql: SQL) async throws -> [ResultRow] { try await change(sql.statement) { try ResultRow(&$0) }.rows }
}
