import Roost

/// A transaction that reads: all its statements see the database as it was when the first of them began.
public struct Snapshot: Querying {
    let work: OpenTransaction

    /// The engine's SQL.
    public var dialect: Dialect { work.dialect }
    /// The clock of the database.
    public var clock: any ServiceClock { work.clock }

    /// Runs one statement; see `Querying`.
    public func rows<Row: Sendable>(of statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> [Row] {
        try await work.run(statement, decode).rows
    }

    /// Runs several statements; see `Querying`.
    public func rows<Row: Sendable>(of statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [[Row]] {
        try await work.run(statements, decode).map(\.rows)
    }

    /// Runs work in this snapshot.
    public func snapshot<Result: Sendable>(_ body: @Sendable (any Querying) async throws -> Result) async throws -> Result {
        try await body(self)
    }

    /// The driver's session, for what only some engines have.
    /// - Throws: A `DatabaseError` if the transaction is over.
    package var session: any DatabaseSession { get throws { try work.open } }
}
