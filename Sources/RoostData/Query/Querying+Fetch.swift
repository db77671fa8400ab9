import Roost

extension Querying {
    /// Returns the rows of a query.
    public func fetch<Row>(_ query: Query<Row>) async throws -> [Row] {
        let statement = query.scoped.statement(for: dialect)
        guard query.skipsUnknown else { return try await rows(of: statement) { try Row(row: &$0) } }
        return query.known(try await rows(of: statement) { try query.decode(&$0) })
    }

    /// Returns the rows of each of several queries, which go to the engine together.
    ///
    /// ```swift
    /// let shelves = try await database.fetch(authors.map { author in BookRow.where { $0.author == author }.limit(3) })
    /// ```
    public func fetch<Row>(_ queries: [Query<Row>]) async throws -> [[Row]] {
        let statements = queries.map { $0.scoped.statement(for: dialect) }
        guard queries.contains(where: \.skipsUnknown) else { return try await rows(of: statements) { try Row(row: &$0) } }
        // The rows do not say which query they belong to, so it is decided afterwards what becomes of those that are not known.
        let found = try await rows(of: statements) { row -> Result<Row, DatabaseError> in
            do {
                return .success(try Row(row: &row))
            } catch let error as DatabaseError where error.code == .unknownValue {
                return .failure(error)
            }
        }
        return try zip(queries, found).map { query, rows in
            try query.skipsUnknown ? query.known(rows.map { try? $0.get() }) : rows.map { try $0.get() }
        }
    }

    /// Returns the first row of a query, or `nil` if there is none.
    public func first<Row>(_ query: Query<Row>) async throws -> Row? { try await fetch(query.limit(1)).first }

    /// Returns the row with a key, or `nil` if there is none.
    public func find<Row: KeyedModel>(_ type: Row.Type, _ key: Row.ID) async throws -> Row? {
        try await first(Row.with(key))
    }

    /// Returns the results of a query.
    public func fetch<Result>(_ query: Selection<Result>) async throws -> [Result] {
        try await rows(of: query.select.statement(for: dialect), query.decode)
    }

    /// Returns the first result of a query, or `nil` if there is none.
    public func first<Result>(_ query: Selection<Result>) async throws -> Result? { try await fetch(query.limit(1)).first }

    /// Returns the number of rows of a query.
    public func count<Row>(_ query: Query<Row>) async throws -> Int {
        var select = query.scoped, writer = StatementWriter(dialect)
        select.lock = nil
        if select.limit == nil, select.offset == nil, select.groups.isEmpty {
            select.orders = []
            select.results = .expressions([.call("count", [.text("*")])])
            select.write(to: &writer)
        } else {
            select.results = .expressions([.text("1")])
            writer.text("SELECT count(*) FROM (")
            select.write(to: &writer)
            writer.text(") AS counted")
        }
        return try await rows(of: writer.statement) { try $0.next(Int.self) }.first ?? 0
    }

    /// Returns whether a query has at least one row.
    public func exists<Row>(_ query: Query<Row>) async throws -> Bool {
        var select = query.limit(1).scoped
        (select.orders, select.lock) = ([], nil)
        select.results = .expressions([.text("1")])
        return try await !rows(of: select.statement(for: dialect)) { _ in true }.isEmpty
    }

    /// Returns the rows of SQL that was written by hand, whose columns are those of the model in order: `SELECT \(columns: Row.self) …`.
    public func fetch<Row: Model>(_ type: Row.Type, _ sql: SQL) async throws -> [Row] {
        try await rows(of: sql.statement) { try Row(row: &$0) }
    }

    /// Returns the rows of SQL that was written by hand, with the values of each row in order.
    ///
    /// ```swift
    /// let counts = try await database.fetch((String.self, Int.self), "SELECT category, count(*) FROM products GROUP BY 1")
    /// ```
    public func fetch<each Value: SQLValue>(_ types: (repeat (each Value).Type), _ sql: SQL) async throws -> [(repeat each Value)] {
        try await rows(of: sql.statement) { row in (repeat try row.next((each Value).self)) }
    }
}
