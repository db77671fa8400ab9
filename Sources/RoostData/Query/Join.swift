/// Rows of several models that belong together by conditions. The conditions, the order and the limit of the query that a join begins with
/// apply to the results of the join.
///
/// Give a join of three or more models a name before you continue with it: the compiler cannot infer the models of a longer chain.
///
/// ```swift
/// let top = ProductRow.all.join(LineRow.self) { $0.id == $1.product }
///     .group { product, _ in product.name }
///     .select { ($0.name, $1.quantity.sum) }
/// ```
public struct Join<each Row: JoinedRow>: Sendable {
    var select: SelectStatement

    init(_ select: SelectStatement) {
        self.select = select
        self.select.results = .rows(Array(select.sources.indices), after: [])
    }

    /// Returns the join with the rows of one more model.
    /// - Parameters:
    ///   - other: The model.
    ///   - condition: The condition under which its rows belong to the others.
    public func join<Other: Model>(
        _ other: Other.Type, on condition: (repeat (each Row).JoinedColumns, Other.Columns) -> Condition
    ) -> Join<repeat each Row, Other> {
        Join<repeat each Row, Other>(select.entered.adding(Other.self)).on(condition)
    }

    /// Returns the join with the rows of one more model, or `nil` where none belongs to the others.
    /// - Parameters:
    ///   - other: The model. If no row belongs to the others, its columns are `NULL`: select them with `asOptional`.
    ///   - condition: The condition under which its rows belong to the others.
    public func leftJoin<Other: Model>(
        _ other: Other.Type, on condition: (repeat (each Row).JoinedColumns, Other.Columns) -> Condition
    ) -> Join<repeat each Row, Other?> {
        Join<repeat each Row, Other?>(select.entered.adding(Other.self, isOptional: true)).on(condition)
    }

    /// Returns the statement that an engine runs.
    public func statement(for dialect: Dialect) -> Statement { select.statement(for: dialect) }

    /// Returns the join with a further condition that rows must fulfill.
    public func `where`(_ condition: (repeat (each Row).JoinedColumns) -> Condition) -> Join {
        entered { $0.condition = .both($0.condition, condition(repeat each columns(in: $0)).node) }
    }

    /// Returns the join with rows sorted by these terms.
    public func order<each Term: SortTerm>(_ terms: (repeat (each Row).JoinedColumns) -> (repeat each Term)) -> Join {
        entered { select in
            for term in repeat each terms(repeat each columns(in: select)) { select.orders.append(term.order) }
        }
    }

    /// Returns the join with the rows combined into groups in which these expressions are the same.
    public func group<each Value: SQLValue>(
        _ expressions: (repeat (each Row).JoinedColumns) -> (repeat Expr<each Value>)
    ) -> Join {
        entered { select in
            for expression in repeat each expressions(repeat each columns(in: select)) { select.groups.append(expression.node) }
        }
    }

    /// Returns the join with a condition that groups must fulfill.
    public func having(_ condition: (repeat (each Row).JoinedColumns) -> Condition) -> Join {
        entered { $0.groupCondition = .both($0.groupCondition, condition(repeat each columns(in: $0)).node) }
    }

    /// Returns the join with at most this number of results.
    public func limit(_ count: Int) -> Join {
        var join = self
        join.select.limit = max(0, count)
        return join
    }

    /// Returns a query for expressions instead of whole rows.
    public func select<each Value: SQLValue>(
        _ expressions: (repeat (each Row).JoinedColumns) -> (repeat Expr<each Value>)
    ) -> Selection<(repeat each Value)> {
        let select = select.entered
        return QueryLevel.within(select.level) { Selection(select, repeat each expressions(repeat each columns(in: select))) }
    }

    /// Sets the condition under which the rows of the last model belong to the others.
    fileprivate func on(_ condition: (repeat (each Row).JoinedColumns) -> Condition) -> Join {
        entered { $0.require(condition(repeat each columns(in: $0))) }
    }

    /// Returns the columns of the tables.
    private func columns(in select: SelectStatement) -> (repeat (each Row).JoinedColumns) {
        var position = -1
        func next() -> ColumnSource {
            position += 1
            return .table(position, level: select.level)
        }
        return (repeat (each Row).JoinedColumns(of: next()))
    }

    private func entered(_ change: (inout SelectStatement) -> Void) -> Join {
        var select = select.entered
        QueryLevel.within(select.level) { change(&select) }
        return Join(select)
    }
}

extension Query {
    /// Returns the rows together with those of another model that belong to them: one result for each pair.
    /// - Parameters:
    ///   - other: The other model.
    ///   - condition: The condition under which two rows belong together.
    public func join<Other: Model>(_ other: Other.Type, on condition: (Row.Columns, Other.Columns) -> Condition) -> Join<Row, Other> {
        Join<Row, Other>(entered.scoped.adding(Other.self)).on(condition)
    }

    /// Returns the rows together with those of another model that belong to them. A row that has no partner comes once, with `nil`.
    /// - Parameters:
    ///   - other: The other model. If no row belongs to the others, its columns are `NULL`: select them with `asOptional`.
    ///   - condition: The condition under which two rows belong together.
    public func leftJoin<Other: Model>(
        _ other: Other.Type, on condition: (Row.Columns, Other.Columns) -> Condition
    ) -> Join<Row, Other?> {
        Join<Row, Other?>(entered.scoped.adding(Other.self, isOptional: true)).on(condition)
    }

    /// Returns the query with its rows combined into groups in which these expressions are the same.
    public func group<each Value: SQLValue>(_ expressions: (Row.Columns) -> (repeat Expr<each Value>)) -> Query {
        entered { query, columns in
            for expression in repeat each expressions(columns) { query.select.groups.append(expression.node) }
        }
    }

    /// Returns the query with a condition that groups must fulfill.
    public func having(_ condition: (Row.Columns) -> Condition) -> Query {
        entered { query, columns in query.select.groupCondition = .both(query.select.groupCondition, condition(columns).node) }
    }
}

extension SelectStatement {
    /// Returns the statement with one more table, without its deleted rows.
    fileprivate func adding<Row: Model>(_ model: Row.Type, isOptional: Bool = false) -> SelectStatement {
        let columns = Row.Columns(of: .table(sources.count, level: level))
        let present = Row.table.deletion.map { SQLNode.postfix(columns.nodes[$0], " IS NULL") }
        var select = self
        select.sources.append(Source(table: Row.table, condition: present, isOptional: isOptional))
        return select
    }

    /// Adds a condition under which the rows of the last table belong to the others.
    fileprivate mutating func require(_ condition: Condition) {
        let last = sources.count - 1
        sources[last].condition = .both(condition.node, sources[last].condition)
    }
}

extension Querying {
    /// Returns the rows of a join, one tuple for each result.
    public func fetch<each Row: JoinedRow>(_ join: Join<repeat each Row>) async throws -> [(repeat each Row)] {
        try await rows(of: join.select.statement(for: dialect)) { row in (repeat try (each Row)(joined: &row)) }
    }

    /// Returns the first result of a join, or `nil` if there is none.
    public func first<each Row: JoinedRow>(_ join: Join<repeat each Row>) async throws -> (repeat each Row)? {
        try await fetch(join.limit(1)).first
    }
}
