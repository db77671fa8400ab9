/// A query for expressions.
public struct Selection<Result: Sendable>: Sendable {
    var select: SelectStatement
    let decode: RowDecoder<Result>

    init<each Value: SQLValue>(_ select: SelectStatement, _ expressions: repeat Expr<each Value>) where Result == (repeat each Value) {
        var nodes: [SQLNode] = []
        for expression in repeat each expressions { nodes.append(expression.node) }
        self.select = select
        self.select.results = .expressions(nodes)
        decode = { (row: inout RowReader) throws -> (repeat each Value) in (repeat try row.next((each Value).self)) }
    }

    /// Returns the statement that an engine runs.
    public func statement(for dialect: Dialect) -> Statement { select.statement(for: dialect) }

    /// Returns the query without results that occur more than once.
    public func distinct() -> Selection {
        var selection = self
        selection.select.isDistinct = true
        return selection
    }

    /// Returns the query with at most this number of results.
    public func limit(_ count: Int) -> Selection {
        var selection = self
        selection.select.limit = max(0, count)
        return selection
    }
}
