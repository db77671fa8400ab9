extension Condition {
    /// Whether a query has at least one row. In the closure of another query, it can refer to the columns of both.
    ///
    /// ```swift
    /// let used = CategoryRow.where { category in .exists(ProductRow.where { $0.category == category.name }) }
    /// ```
    public static func exists<Row>(_ query: Query<Row>) -> Condition {
        var select = query.scoped
        select.orders = []
        select.lock = nil
        select.results = .expressions([.text("1")])
        return Condition(.exists(select))
    }
}

extension Expr {
    // It takes no `Selection`: the compiler does not infer the type of a value that was a pack of one.
    /// Creates an expression from a query: the value of an expression in its first row, or `nil` if it has none. In the closure of another
    /// query, it can refer to the columns of both.
    ///
    /// ```swift
    /// let counts = CategoryRow.all.select { category in
    ///     (category.name, Expr(first: ProductRow.where { $0.category == category.name }) { $0.stock.sum })
    /// }
    /// ```
    public init<Row, Wrapped: SQLValue>(first query: Query<Row>, _ expression: (Row.Columns) -> Expr<Wrapped>) where Value == Wrapped? {
        let query = query.limit(1).entered
        var select = query.scoped
        select.results = .expressions([QueryLevel.within(select.level) { expression(query.columns).node }])
        node = .scalar(select)
    }
}
