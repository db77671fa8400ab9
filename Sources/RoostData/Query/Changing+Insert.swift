import Roost

extension Changing {
    /// Inserts a row.
    /// - Parameters:
    ///   - row: The row.
    ///   - rule: What to do if a row with the same unique values exists.
    /// - Returns: Whether the row was inserted, or the existing one changed.
    /// - Throws: A `DatabaseError` with the code `.uniqueViolation` if such a row exists and the rule is `.fail`.
    @discardableResult
    public func insert<Row: Model>(_ row: Row, onConflict rule: ConflictRule<Row> = .fail) async throws -> Bool {
        try await insert([row], onConflict: rule) > 0
    }

    /// Inserts rows, all or none, with as few statements as possible: one inserts up to 256 rows.
    /// - Parameters:
    ///   - rows: The rows.
    ///   - rule: What to do if a row with the same unique values exists.
    /// - Returns: The number of rows that were inserted or changed.
    /// - Throws: A `DatabaseError` with the code `.uniqueViolation` if such a row exists and the rule is `.fail`.
    @discardableResult
    public func insert<Row: Model>(_ rows: [Row], onConflict rule: ConflictRule<Row> = .fail) async throws -> Int {
        try await insert(rows, rule, []) { _ in }.changes
    }

    /// Inserts rows, all or none, with as few statements as possible: one inserts up to 256 rows.
    /// - Parameters:
    ///   - rows: The rows.
    ///   - rule: What to do if a row with the same unique values exists.
    ///   - expressions: Returns what to return for each row that was inserted or changed.
    /// - Returns: A result for each row that was inserted or changed, in the order of the rows.
    /// - Throws: A `DatabaseError` with the code `.uniqueViolation` if such a row exists and the rule is `.fail`.
    public func insert<Row: Model, each Value: SQLValue>(
        _ rows: [Row], onConflict rule: ConflictRule<Row> = .fail, returning expressions: (Row.Columns) -> (repeat Expr<each Value>)
    ) async throws -> [(repeat each Value)] {
        var nodes: [SQLNode] = []
        for expression in repeat each QueryLevel.within(0, { expressions(Row.columns) }) { nodes.append(expression.node) }
        return try await insert(rows, rule, nodes) { row in (repeat try row.next((each Value).self)) }.rows
    }

    /// Inserts a row, and returns what the engine made of it, such as the key that it numbered.
    ///
    /// ```swift
    /// let number = try await transaction.insert(note, returning: { $0.number })
    /// ```
    /// - Parameters:
    ///   - row: The row.
    ///   - rule: What to do if a row with the same unique values exists.
    ///   - expression: Returns what to return.
    /// - Returns: The result, or `nil` if the rule kept the existing row.
    /// - Throws: A `DatabaseError` with the code `.uniqueViolation` if such a row exists and the rule is `.fail`.
    public func insert<Row: Model, Value: SQLValue>(
        _ row: Row, onConflict rule: ConflictRule<Row> = .fail, returning expression: (Row.Columns) -> Expr<Value>
    ) async throws -> Value? {
        try await insert([row], rule, [QueryLevel.within(0) { expression(Row.columns).node }]) { try $0.next(Value.self) }.rows.first
    }

    private func insert<Row: Model, Result: Sendable>(
        _ rows: [Row], _ rule: ConflictRule<Row>, _ returned: [SQLNode], _ decode: @escaping RowDecoder<Result>
    ) async throws -> StatementResult<Result> {
        let statements = Insertion.statements(for: rows, rule, returned, dialect, clock)
        if statements.count == 1 { return try await change(statements[0], decode) }
        guard !statements.isEmpty else { return StatementResult() }
        return try await inTransaction { transaction in
            let results = try await transaction.work.run(statements, decode)
            return StatementResult(rows: results.flatMap(\.rows), changes: results.reduce(0) { $0 + $1.changes })
        }
    }
}

/// Writes insertions.
enum Insertion {
    /// The largest number of rows of a statement.
    private static let longest = 256

    /// Returns the statements that insert rows. Their numbers of rows are powers of two, so that few texts, and so few prepared statements,
    /// insert any number of rows.
    static func statements<Row: Model>(
        for rows: [Row], _ rule: ConflictRule<Row>, _ returned: [SQLNode], _ dialect: Dialect, _ clock: any ServiceClock
    ) -> [Statement] {
        let table = Row.table
        let columns = table.columns.indices.filter { !table.columns[$0].isGenerated }
        var most = longest
        while most > 1, most * columns.count > dialect.bindingLimit { most /= 2 }
        var statements: [Statement] = [], rest = rows[...]
        while !rest.isEmpty {
            var size = most
            while size > rest.count { size /= 2 }
            statements.append(statement(for: rest.prefix(size), columns, rule, returned, dialect, clock))
            rest = rest.dropFirst(size)
        }
        return statements
    }

    private static func statement<Row: Model>(
        for rows: ArraySlice<Row>, _ columns: [Int], _ rule: ConflictRule<Row>, _ returned: [SQLNode],
        _ dialect: Dialect, _ clock: any ServiceClock
    ) -> Statement {
        let table = Row.table, isWhole = columns.count == table.columns.count
        var writer = StatementWriter(dialect)
        let names = isWhole ? table.columnList : columns.map { table.columns[$0].quotedName }.joined(separator: ", ")
        writer.text("INSERT INTO \(table.quotedName) (\(names)) VALUES ")
        var values: [SQLData] = []
        for (index, row) in rows.enumerated() {
            values.removeAll(keepingCapacity: true)
            row.bind(to: &values)
            writer.text(index > 0 ? ", (" : "(")
            for (position, column) in columns.enumerated() {
                if position > 0 { writer.text(", ") }
                writer.statement.bind(values[column])
            }
            writer.text(")")
        }
        rule.write(to: &writer, at: clock)
        if !returned.isEmpty {
            writer.scopes = [StatementWriter.Scope(level: 0, names: [table.quotedName], isQualified: false)]
            writer.text(" RETURNING ")
            writer.write(returned)
        }
        return writer.statement
    }
}
