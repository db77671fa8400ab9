extension Querying {
    /// Returns the plan by which the engine would run a query, as it describes it. The query is not run.
    ///
    /// ```swift
    /// print(try await database.explain(ProductRow.where { $0.stock < 5 }))   // "SCAN products", or an index that is used
    /// ```
    public func explain<Row>(_ query: Query<Row>) async throws -> String { try await explain(query.statement(for: dialect)) }

    /// Returns the plan by which the engine would run a query for expressions; see the other `explain`.
    public func explain<Result>(_ query: Selection<Result>) async throws -> String { try await explain(query.statement(for: dialect)) }

    /// Returns the plan by which the engine would run a statement; see the other `explain`.
    public func explain(_ statement: Statement) async throws -> String {
        let (keyword, column) = dialect == .sqlite ? ("EXPLAIN QUERY PLAN ", "detail") : ("EXPLAIN ", "QUERY PLAN")
        let plan = Statement(keyword + statement.text, statement.bindings)
        let lines = try await rows(of: plan) { row in try ResultRow(&row).get(column, as: String.self) }
        return lines.joined(separator: "\n")
    }
}
