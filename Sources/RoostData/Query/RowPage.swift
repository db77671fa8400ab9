import Roost

/// One page of rows, and the cursor of the next page.
public struct RowPage<Row: Sendable>: Sendable {
    /// The rows of this page.
    public var rows: [Row]
    /// The cursor of the next page, or `nil` on the last one.
    public var next: PageCursor?

    /// Returns the page with an item for each row, as a contract returns it.
    public func map<Item>(_ transform: (Row) throws -> Item) rethrows -> Page<Item> {
        Page(items: try rows.map(transform), next: next?.parameter)
    }
}

/// A query for one page. The page begins after the last row of the page before, by the values that rows are sorted by, so that the last page
/// takes no longer than the first, and rows that are added meanwhile shift nothing.
public struct PagedQuery<Row: KeyedModel>: Sendable {
    let query: Query<Row>
    let limit: PageLimit
    let cursor: PageCursor?
}

extension Query where Row: KeyedModel {
    /// Returns a query for one page. Rows that are equal by the query's order are sorted by their keys.
    /// - Parameters:
    ///   - limit: The largest number of rows.
    ///   - cursor: The cursor that came with the page before, or `nil` for the first page.
    public func page(_ limit: PageLimit = .default, after cursor: PageCursor? = nil) -> PagedQuery<Row> {
        PagedQuery(query: self, limit: limit, cursor: cursor)
    }
}

extension Querying {
    /// Returns one page of a query.
    /// - Throws: A `Problem` with status 422 if the cursor does not belong to such a query; a `DatabaseError` with the code `.engine` if the
    ///   rows are sorted by something that may be `NULL`, or the query has a limit, an offset or groups.
    public func fetch<Row>(_ page: PagedQuery<Row>) async throws -> RowPage<Row> {
        var select = page.query.scoped
        guard select.limit == nil, select.offset == nil, select.groups.isEmpty else {
            throw DatabaseError(.engine, "a page of \(Row.table.name) has no limit, offset or groups of its own")
        }
        select.orders.append(key: Row.key(page.query.columns).ascending)
        if let nullable = select.orders.first(where: \.isNullable) {
            throw DatabaseError(.engine, "a page cannot be sorted by \(nullable.expression), which may be NULL")
        }
        if let cursor = page.cursor {
            guard let values = CursorValues.read(cursor, types: select.orders.map(\.type)) else { throw CursorValues.refusal }
            select.condition = .both(select.condition, CursorValues.condition(beyond: values, in: select.orders))
        }
        select.limit = page.limit.count + 1
        let orders = select.orders
        select.results = .rows([0], after: orders.map(\.expression))
        let found = try await rows(of: select.statement(for: dialect)) { row in
            (values: try orders.map { _ in try row.data() }, row: try page.query.decode(&row))
        }
        let rows = found.prefix(page.limit.count)
        let next = found.count > rows.count ? rows.last.map { CursorValues.cursor($0.values, types: orders.map(\.type)) } : nil
        return RowPage(rows: page.query.known(rows.map { $0.row }), next: next)
    }
}

extension [SortOrder] {
    /// Adds the key as the last term, unless it is one already, in the direction of the term before it: rows that are all sorted in one
    /// direction can be compared as a whole.
    fileprivate mutating func append(key: SortOrder) {
        guard case .column(let column) = key.expression, !contains(where: { $0.expression.isColumn(column.name) }) else { return }
        append(
            SortOrder(expression: key.expression, type: key.type, isNullable: false, isDescending: last?.isDescending ?? false))
    }
}
