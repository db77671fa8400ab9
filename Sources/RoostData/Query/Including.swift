import Roost

/// Rows of a model, each with the rows of other models that refer to it. Each model takes one statement, or one for every 8,192 rows, and all
/// statements see the same snapshot.
public struct Including<Row: KeyedModel, each Child: Model>: Sendable {
    let query: Query<Row>
    let children: (repeat IncludedRows<Row.ID, each Child>)

    init(_ query: Query<Row>, _ children: repeat IncludedRows<Row.ID, each Child>) {
        self.query = query
        self.children = (repeat each children)
    }

    /// Returns the rows with those of one more model that refer to them.
    /// - Parameters:
    ///   - query: The other rows, in their order.
    ///   - reference: Returns the column that refers to the key.
    public func including<Other: Model>(
        _ query: Query<Other>, by reference: (Other.Columns) -> Expr<Row.ID>
    ) -> Including<Row, repeat each Child, Other> {
        Including<Row, repeat each Child, Other>(self.query, repeat each children, IncludedRows(query, reference(query.columns)))
    }

    /// Returns the rows with those of one more model that refer to them.
    /// - Parameters:
    ///   - query: The other rows, in their order.
    ///   - reference: Returns the column that refers to the key, or is `NULL`.
    public func including<Other: Model>(
        _ query: Query<Other>, by reference: (Other.Columns) -> Expr<Row.ID?>
    ) -> Including<Row, repeat each Child, Other> {
        including(query) { Expr<Row.ID>(reference($0).node) }
    }

    /// Returns a query for one page of the rows, each with all rows that refer to it.
    /// - Parameters:
    ///   - limit: The largest number of rows.
    ///   - cursor: The cursor that came with the page before, or `nil` for the first page.
    public func page(_ limit: PageLimit = .default, after cursor: PageCursor? = nil) -> IncludingPage<Row, repeat each Child> {
        IncludingPage(page: query.page(limit, after: cursor), rows: self)
    }
}

/// A query for one page of rows, each with the rows of other models that refer to it.
public struct IncludingPage<Row: KeyedModel, each Child: Model>: Sendable {
    let page: PagedQuery<Row>
    let rows: Including<Row, repeat each Child>
}

/// The rows of a model that refer to others.
struct IncludedRows<Key: SQLValue & Hashable, Child: Model>: Sendable {
    private let query: Query<Child>
    private let reference: Expr<Key>

    init(_ query: Query<Child>, _ reference: Expr<Key>) {
        self.query = query
        self.reference = reference
    }

    /// Returns the rows that refer to each key.
    func fetch(for keys: [Key], from database: any Querying) async throws -> [Key: [Child]] {
        guard query.select.limit == nil, query.select.offset == nil else {
            throw DatabaseError(
                .engine, "the included rows of \(Child.table.name) cannot be limited: the limit would be for all of them together")
        }
        var groups: [Key: [Child]] = [:]
        for start in stride(from: 0, to: keys.count, by: 8192) {
            let some = query.where { _ in reference.isIn(keys[start..<min(start + 8192, keys.count)]) }
            var select = some.scoped
            select.results = .rows([0], after: [reference.node])
            let pairs = try await database.rows(of: select.statement(for: database.dialect)) { row in
                (key: try row.next(Key.self), child: try some.decode(&row))
            }
            for pair in pairs { if let child = pair.child { groups[pair.key, default: []].append(child) } }
        }
        return groups
    }
}

extension Query where Row: KeyedModel {
    /// Returns the rows with those of another model that refer to them.
    ///
    /// ```swift
    /// for (order, lines) in try await database.fetch(OrderRow.all.including(LineRow.all) { $0.order }) { … }
    /// ```
    /// - Parameters:
    ///   - query: The other rows, in their order.
    ///   - reference: Returns the column that refers to the key.
    public func including<Child: Model>(
        _ query: Query<Child>, by reference: (Child.Columns) -> Expr<Row.ID>
    ) -> Including<Row, Child> {
        Including(self, IncludedRows(query, reference(query.columns)))
    }

    /// Returns the rows with those of another model that refer to them.
    /// - Parameters:
    ///   - query: The other rows, in their order.
    ///   - reference: Returns the column that refers to the key, or is `NULL`.
    public func including<Child: Model>(
        _ query: Query<Child>, by reference: (Child.Columns) -> Expr<Row.ID?>
    ) -> Including<Row, Child> {
        including(query) { Expr<Row.ID>(reference($0).node) }
    }
}

extension Querying {
    /// Returns the rows of a query with those that refer to them.
    public func fetch<Row, each Child>(_ query: Including<Row, repeat each Child>) async throws -> [(Row, repeat [each Child])] {
        try await snapshot { database in try await query.complete(database.fetch(query.query), from: database) }
    }

    /// Returns the first row of a query with those that refer to it, or `nil` if there is none.
    public func first<Row, each Child>(_ query: Including<Row, repeat each Child>) async throws -> (Row, repeat [each Child])? {
        try await fetch(Including<Row, repeat each Child>(query.query.limit(1), repeat each query.children)).first
    }

    /// Returns one page of a query, its rows with those that refer to them.
    /// - Throws: A `Problem` with status 422 if the cursor does not belong to such a query; a `DatabaseError` with the code `.engine` if the
    ///   rows are sorted by something that may be `NULL`.
    public func fetch<Row, each Child>(
        _ page: IncludingPage<Row, repeat each Child>
    ) async throws -> RowPage<(Row, repeat [each Child])> {
        try await snapshot { database in
            let found = try await database.fetch(page.page)
            return RowPage(rows: try await page.rows.complete(found.rows, from: database), next: found.next)
        }
    }
}

extension Including {
    /// Returns these rows with those that refer to them.
    fileprivate func complete(_ rows: [Row], from database: any Querying) async throws -> [(Row, repeat [each Child])] {
        let keys = rows.map { $0.key }
        let groups = (repeat try await (each children).fetch(for: keys, from: database))
        return rows.map { row in (row, repeat (each groups)[row.key] ?? []) }
    }
}
