import Roost

/// The rows of a model that fulfill a condition, in an order. A query is a value: it is built step by step, and runs when it is fetched.
///
/// ```swift
/// let cheap = ProductRow.where { $0.price.amount < 500 }.order { $0.name.ascending }.limit(10)
/// let rows = try await database.fetch(cheap)
/// ```
public struct Query<Row: Model>: Sendable {
    var select: SelectStatement
    private var includesDeleted = false
    private(set) var skipsUnknown = false

    init() { select = SelectStatement(Row.table) }

    /// Returns the query with a further condition that rows must fulfill.
    public func `where`(_ condition: (Row.Columns) -> Condition) -> Query {
        entered { query, columns in query.select.condition = .both(query.select.condition, condition(columns).node) }
    }

    /// Returns the query with a further condition, if there is a value to compare with.
    /// - Parameters:
    ///   - value: The value. If it is `nil`, the query stays as it is.
    ///   - condition: Returns the condition for the value.
    public func `where`<Value>(_ value: Value?, _ condition: (Row.Columns, Value) -> Condition) -> Query {
        guard let value else { return self }
        return `where` { condition($0, value) }
    }

    /// Returns the query with rows sorted by these terms. If it is called several times, the later terms decide among rows that are equal
    /// by the earlier ones.
    public func order<each Term: SortTerm>(_ terms: (Row.Columns) -> (repeat each Term)) -> Query {
        entered { query, columns in
            for term in repeat each terms(columns) { query.select.orders.append(term.order) }
        }
    }

    /// Returns the query with at most this number of rows.
    public func limit(_ count: Int) -> Query { changed { $0.select.limit = max(0, count) } }

    /// Returns the query without its first rows. To go through a long list, `page(_:after:)` takes as long for the last page as for the
    /// first.
    public func offset(_ count: Int) -> Query { changed { $0.select.offset = max(0, count) } }

    /// Returns the query with its rows locked until the end of the transaction that reads them, on engines where several transactions write
    /// at a time.
    public func locked(_ lock: RowLock = .update) -> Query { changed { $0.select.lock = lock } }

    /// Returns the query with the rows that were deleted and are kept, for models with `@DeletedAt`.
    public func includingDeleted() -> Query { changed { $0.includesDeleted = true } }

    /// Returns the query without the rows that have a value which only a newer version of the program knows, such as a new case of an enum.
    /// How many were left out is logged. Without this, such a row makes the query throw a `DatabaseError` with the code `.unknownValue`.
    public func skippingUnknown() -> Query { changed { $0.skipsUnknown = true } }

    /// Returns a query for expressions instead of whole rows.
    ///
    /// ```swift
    /// let stock = try await database.fetch(ProductRow.all.select { ($0.name, $0.stock) })   // [(String, Int)]
    /// ```
    public func select<each Value: SQLValue>(
        _ expressions: (Row.Columns) -> (repeat Expr<each Value>)
    ) -> Selection<(repeat each Value)> {
        let query = entered
        return QueryLevel.within(query.select.level) { Selection(query.scoped, repeat each expressions(query.columns)) }
    }

    /// Returns the statement that an engine runs.
    public func statement(for dialect: Dialect) -> Statement { scoped.statement(for: dialect) }

    /// Returns the statement with the condition on deleted rows.
    var scoped: SelectStatement {
        guard let deletion = Row.table.deletion, !includesDeleted else { return select }
        var select = select
        select.condition = .both(select.condition, .postfix(columns.nodes[deletion], " IS NULL"))
        return select
    }

    /// Reads a row.
    /// - Returns: `nil` if the row is to be left out.
    func decode(_ row: inout RowReader) throws(DatabaseError) -> Row? {
        do {
            return try Row(row: &row)
        } catch  where skipsUnknown && error.code == .unknownValue {
            return nil
        }
    }

    /// Returns the rows that were not left out, and logs how many were.
    func known(_ rows: [Row?]) -> [Row] {
        let known = rows.compactMap { $0 }
        if known.count < rows.count {
            RequestContext.currentLogger.warning(
                "\(rows.count - known.count) rows of \(Row.table.name) are left out: a newer version of the program wrote them")
        }
        return known
    }

    func changed(_ change: (inout Query) -> Void) -> Query {
        var query = self
        change(&query)
        return query
    }

    /// The columns of the query's table.
    var columns: Row.Columns { select.level == 0 ? Row.columns : Row.Columns(of: .table(0, level: select.level)) }

    /// The query at the level of the current closure, so that what is added to it can refer to the queries around it.
    var entered: Query { changed { $0.select = select.entered } }

    /// Returns the query with a change that runs a closure of the user's.
    func entered(_ change: (inout Query, Row.Columns) -> Void) -> Query {
        var query = entered
        QueryLevel.within(query.select.level) { change(&query, query.columns) }
        return query
    }
}

extension Model {
    /// All rows.
    public static var all: Query<Self> { Query() }

    /// Returns the rows that fulfill a condition.
    public static func `where`(_ condition: (Columns) -> Condition) -> Query<Self> { Query().where(condition) }
}

extension KeyedModel {
    /// Returns a query for the row with a key.
    public static func with(_ key: ID) -> Query<Self> {
        var query = Query<Self>()
        query.select.condition = (Self.key(query.columns) == key).node
        return query
    }
}

/// What rows can be sorted by: an expression, smallest first, or a `SortOrder`.
public protocol SortTerm {
    /// The order.
    var order: SortOrder { get }
}

extension SortOrder: SortTerm {
    /// The order itself.
    public var order: SortOrder { self }
}

extension Expr: SortTerm {
    /// Smallest first.
    public var order: SortOrder { ascending }
}
