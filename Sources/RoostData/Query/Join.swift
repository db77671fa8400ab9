/// Rows of several models that belong together by conditions.
///
/// ```swift
/// let top = ProductRow.all.join(LineRow.self) { $0.id == $1.product }
///     .group { product, _ in product.name }
///     .select { ($0.name, $1.quantity.sum) }
/// ```
public struct Join<each Row: Model>: Sendable {
    var select: SelectStatement
    let columns: (repeat (each Row).Columns)

    init(_ select: SelectStatement, _ columns: repeat (each Row).Columns) {
        self.select = select
        self.columns = (repeat each columns)
        self.select.results = .rows(Array(self.select.sources.indices), after: [])
    }

    /// Returns the join with the rows of one more model.
    /// - Parameters:
    ///   - other: The model.
    ///   - condition: The condition under which its rows belong to the others.
    public func join<Other: Model>(
        _ other: Other.Type, on condition: (repeat (each Row).Columns, Other.Columns) -> Condition
    ) -> Join<repeat each Row, Other> {
        let more = Other.Columns(of: .table(select.sources.count))
        var select = select
        select.add(Other.self, more)
        return Join<repeat each Row, Other>(select, repeat each columns, more).on(condition)
    }

    /// Sets the condition under which the rows of the last model belong to the others.
    private func on(_ condition: (repeat (each Row).Columns) -> Condition) -> Join {
        changed { $0.require(condition(repeat each columns)) }
    }

    /// Returns the statement that an engine runs.
    public func statement(for dialect: Dialect) -> Statement { select.statement(for: dialect) }

    /// Returns the join with a further condition that rows must fulfill.
    public func `where`(_ condition: (repeat (each Row).Columns) -> Condition) -> Join {
        changed { $0.condition = .both($0.condition, condition(repeat each columns).node) }
    }

    /// Returns the join with rows sorted by these terms.
    public func order<each Term: SortTerm>(_ terms: (repeat (each Row).Columns) -> (repeat each Term)) -> Join {
        changed { select in
            for term in repeat each terms(repeat each columns) { select.orders.append(term.order) }
        }
    }

    /// Returns the join with the rows combined into groups in which these expressions are the same.
    public func group<each Value: SQLValue>(_ expressions: (repeat (each Row).Columns) -> (repeat Expr<each Value>)) -> Join {
        changed { select in
            for expression in repeat each expressions(repeat each columns) { select.groups.append(expression.node) }
        }
    }

    /// Returns the join with a condition that groups must fulfill.
    public func having(_ condition: (repeat (each Row).Columns) -> Condition) -> Join {
        changed { $0.groupCondition = .both($0.groupCondition, condition(repeat each columns).node) }
    }

    /// Returns the join with at most this number of results.
    public func limit(_ count: Int) -> Join { changed { $0.limit = max(0, count) } }

    /// Returns a query for expressions instead of whole rows.
    public func select<each Value: SQLValue>(
        _ expressions: (repeat (each Row).Columns) -> (repeat Expr<each Value>)
    ) -> Selection<(repeat each Value)> {
        Selection(select, repeat each expressions(repeat each columns))
    }

    private func changed(_ change: (inout SelectStatement) -> Void) -> Join {
        var select = select
        change(&select)
        return Join(select, repeat each columns)
    }
}

extension Query {
    /// Returns the rows together with those of another model that belong to them: one result for each pair.
    /// - Parameters:
    ///   - other: The other model.
    ///   - condition: The condition under which two rows belong together.
    public func join<Other: Model>(_ other: Other.Type, on condition: (Row.Columns, Other.Columns) -> Condition) -> Join<Row, Other> {
        let more = Other.Columns(of: .table(1))
        var select = scoped
        select.add(Other.self, more)
        select.require(condition(Row.columns, more))
        return Join<Row, Other>(select, Row.columns, more)
    }

    /// Returns the query with its rows combined into groups in which these expressions are the same.
    public func group<each Value: SQLValue>(_ expressions: (Row.Columns) -> (repeat Expr<each Value>)) -> Query {
        changed { query in
            for expression in repeat each expressions(Row.columns) { query.select.groups.append(expression.node) }
        }
    }

    /// Returns the query with a condition that groups must fulfill.
    public func having(_ condition: (Row.Columns) -> Condition) -> Query {
        changed { $0.select.groupCondition = .both($0.select.groupCondition, condition(Row.columns).node) }
    }
}

extension SelectStatement {
    /// Adds a table, without its deleted rows.
    fileprivate mutating func add<Row: Model>(_ model: Row.Type, _ columns: Row.Columns) {
        let present = Row.table.deletion.map { SQLNode.postfix(columns.nodes[$0], " IS NULL") }
        sources.append(Source(table: Row.table, condition: present))
    }

    /// Adds a condition under which the rows of the last table belong to the others.
    fileprivate mutating func require(_ condition: Condition) {
        let last = sources.count - 1
        sources[last].condition = .both(condition.node, sources[last].condition)
    }
}

extension Querying {
    /// Returns the rows of a join, one tuple for each result.
    public func fetch<each Row: Model>(_ join: Join<repeat each Row>) async throws -> [(repeat each Row)] {
        try await rows(of: join.select.statement(for: dialect)) { row in (repeat try (each Row)(row: &row)) }
    }
}
