import Roost
public import RoostData

extension Transaction {
    /// Copies rows into a table, many times faster than statements that insert them.
    ///
    /// ```swift
    /// try await transaction.copy(from: lines, "COPY products (sku, name) FROM STDIN (FORMAT csv)")
    /// ```
    /// - Parameters:
    ///   - source: The data in the statement's format, in pieces of any length. It is read no faster than the server takes it.
    ///   - statement: Trusted text: a `COPY … FROM STDIN` (https://www.postgresql.org/docs/current/sql-copy.html).
    /// - Returns: The number of rows.
    /// - Throws: A `DatabaseError` if a row is wrong, after which the transaction cannot be committed, or if the database is not on
    ///   PostgreSQL; the error of the source.
    @discardableResult
    public func copy<Source: AsyncSequence>(from source: Source, _ statement: String) async throws -> Int
    where Source.Element == [UInt8] {
        try await PostgresSession.of(session).copy(in: statement, from: source)
    }
}

extension Snapshot {
    /// Copies the rows of a table or a query out of the database.
    /// - Parameters:
    ///   - statement: Trusted text: a `COPY … TO STDOUT` (https://www.postgresql.org/docs/current/sql-copy.html).
    ///   - body: Reads the data. The server sends it no faster than it is read. The rest is dropped when the body returns.
    /// - Returns: The result of the body.
    /// - Throws: A `DatabaseError` if the statement fails, or if the database is not on PostgreSQL; the error of the body.
    public func copy<Result>(_ statement: String, _ body: (CopiedData) async throws -> Result) async throws -> Result {
        try await PostgresSession.of(session).copy(out: statement, body)
    }
}

extension PostgresSession {
    fileprivate static func of(_ session: any DatabaseSession) throws -> PostgresSession {
        guard let session = session as? PostgresSession else { throw DatabaseError(.engine, "COPY needs PostgreSQL") }
        return session
    }
}
