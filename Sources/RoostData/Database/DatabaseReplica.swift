import Roost

/// Something that reads in snapshots of its own: a `Database` or its replicas.
public protocol SnapshotSource: Querying {
    /// Reads in one transaction, so that every statement sees the same snapshot.
    /// - Parameter body: Runs the statements.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body; a `Problem` with status 503 if no connection became available in time.
    func read<Result: Sendable>(_ body: @Sendable (Snapshot) async throws -> Result) async throws -> Result
}

extension SnapshotSource {
    /// Runs work that reads, in one transaction.
    public func snapshot<Result: Sendable>(_ body: @Sendable (any Querying) async throws -> Result) async throws -> Result {
        try await read { try await body($0) }
    }
}

extension Database {
    /// The data as the replicas have it, which may be a moment behind. Use it to take reads off the primary server: lists for other people,
    /// searches and reports. To read what it has just written, a service asks the database itself.
    ///
    /// ```swift
    /// let bestSellers = try await database.replica.fetch(ProductRow.all.order { $0.sold.descending }.limit(10))
    /// ```
    ///
    /// If the database has no replicas, or none of them answers, the primary is asked. PostgreSQL has replicas if its URL lists several hosts and
    /// the one to write to is chosen by its role: `postgres://db1,db2,db3/orders?target_session_attrs=primary`.
    public var replica: DatabaseReplica { DatabaseReplica(of: self) }
}

/// The data as replicas of a database have it; see ``Database/replica``.
public struct DatabaseReplica: SnapshotSource {
    private let database: Database

    init(of database: Database) { self.database = database.reading(from: database.driver.replica ?? database.driver) }

    /// The engine's SQL.
    public var dialect: Dialect { database.dialect }
    /// The clock of the database.
    public var clock: any ServiceClock { database.clock }

    /// Runs one statement; see `Querying`.
    public func rows<Row: Sendable>(of statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> [Row] {
        try await database.rows(of: statement, decode)
    }

    /// Runs several statements; see `Querying`.
    public func rows<Row: Sendable>(of statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [[Row]] {
        try await database.rows(of: statements, decode)
    }

    /// Reads in one transaction, so that every statement sees the same snapshot.
    public func read<Result: Sendable>(_ body: @Sendable (Snapshot) async throws -> Result) async throws -> Result {
        try await database.read(body)
    }
}
