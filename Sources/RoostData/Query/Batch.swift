import Roost

/// Changes that are all known beforehand, and reach the engine in as few exchanges as possible.
///
/// ```swift
/// var batch = Batch()
/// for line in lines { batch.run(ProductRow.with(line.sku).update { $0.stock -= line.quantity }) }
/// batch.insert(order)
/// let changed = try await database.run(batch)
/// ```
public struct Batch: Sendable {
    private typealias Step = @Sendable (Dialect, any ServiceClock) throws -> [Statement]
    private var steps: [Step] = []

    /// Creates a batch without changes.
    public init() {}

    /// Whether there is nothing to do.
    public var isEmpty: Bool { steps.isEmpty }

    /// Adds an update or a deletion.
    public mutating func run<Row>(_ change: Change<Row>) {
        steps.append { dialect, clock in
            if change.isEmpty { return [] }
            var writer = StatementWriter(dialect)
            try change.write(to: &writer, at: clock)
            return [writer.statement]
        }
    }

    /// Adds an insertion.
    public mutating func insert<Row: Model>(_ row: Row, onConflict rule: ConflictRule<Row> = .fail) { insert([row], onConflict: rule) }

    /// Adds the insertion of several rows.
    public mutating func insert<Row: Model>(_ rows: [Row], onConflict rule: ConflictRule<Row> = .fail) {
        steps.append { Insertion.statements(for: rows, rule, [], $0, $1) }
    }

    /// Adds a statement that was written by hand.
    public mutating func execute(_ sql: SQL) { steps.append { _, _ in [sql.statement] } }

    /// Runs the changes.
    /// - Parameter run: Runs statements, and returns the number of rows that each of them changed.
    /// - Returns: The number of rows that each change changed, which may have taken several statements.
    func run(
        _ dialect: Dialect, at clock: any ServiceClock, by run: ([Statement]) async throws -> [StatementResult<Void>]
    ) async throws -> [Int] {
        let groups = try steps.map { try $0(dialect, clock) }
        var results = try await run(groups.flatMap { $0 })[...]
        return groups.map { group in
            defer { results = results.dropFirst(group.count) }
            return results.prefix(group.count).reduce(0) { $0 + $1.changes }
        }
    }
}

extension Transaction {
    /// Runs the changes of a batch, in order.
    /// - Returns: The number of rows that each change changed.
    /// - Throws: A `DatabaseError` for the first change that fails. The later ones are not run; to undo the earlier ones and continue, run the
    ///   batch within `savepoint`.
    @discardableResult
    public func run(_ batch: Batch) async throws -> [Int] {
        try await batch.run(dialect, at: clock) { try await work.run($0) { _ in } }
    }
}

extension Database {
    /// Runs the changes of a batch in order, all or none. Statements that need a transaction around them, such as `LOCK TABLE`, are for
    /// `transaction(_:_:)`.
    /// - Returns: The number of rows that each change changed.
    /// - Throws: A `DatabaseError` for the first change that fails.
    @discardableResult
    public func run(_ batch: Batch) async throws -> [Int] {
        try await batch.run(dialect, at: clock) { try await runAlone($0, for: .write) { _ in } }
    }
}
