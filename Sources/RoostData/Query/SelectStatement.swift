/// A `SELECT` statement as data.
public struct SelectStatement: Sendable {
    /// What it selects.
    enum Results: Sendable {
        /// These expressions, and then all columns of the tables of the query at these positions.
        case rows([Int], after: [SQLNode])
        /// These expressions.
        case expressions([SQLNode])
    }

    /// One of its tables.
    struct Source: Sendable {
        let table: Table
        /// The condition under which a row belongs to those of the tables before it.
        var condition: SQLNode?
        /// Whether the rows of the tables before it also count if no row of this one belongs to them.
        var isOptional = false
    }

    var results: Results
    var sources: [Source]
    var condition: SQLNode?
    var groups: [SQLNode] = []
    var groupCondition: SQLNode?
    var orders: [SortOrder] = []
    var limit: Int?
    var offset: Int?
    var lock: RowLock?
    var isDistinct = false
    /// See `ColumnSource`.
    var level = QueryLevel.current

    init(_ table: Table) {
        results = .rows([0], after: [])
        sources = [Source(table: table, condition: nil)]
    }

    /// Returns the statement for an engine.
    func statement(for dialect: Dialect) -> Statement {
        var writer = StatementWriter(dialect)
        write(to: &writer)
        return writer.statement
    }

    func write(to writer: inout StatementWriter) {
        let isNested = !writer.scopes.isEmpty
        let prefix = isNested ? "q\(writer.scopes.count)" : ""
        let names = isNested || sources.count > 1 ? sources.indices.map { "\(prefix)t\($0)" } : [sources[0].table.quotedName]
        writer.scopes.append(StatementWriter.Scope(level: level, names: names, isQualified: isNested || sources.count > 1))
        defer { writer.scopes.removeLast() }
        writer.text(isDistinct ? "SELECT DISTINCT " : "SELECT ")
        writeResults(to: &writer)
        writeSources(to: &writer)
        write(condition, after: " WHERE ", to: &writer)
        write(groups, after: " GROUP BY ", to: &writer)
        write(groupCondition, after: " HAVING ", to: &writer)
        write(orders.map { $0.node(for: writer.dialect, mayBeAbsent: mayBeAbsent($0.expression)) }, after: " ORDER BY ", to: &writer)
        if let limit { write(.binding(.integer(Int64(limit))), after: " LIMIT ", to: &writer) }
        if let offset {
            // SQLite takes an offset only after a limit.
            if limit == nil { write(.binding(.integer(.max)), after: " LIMIT ", to: &writer) }
            write(.binding(.integer(Int64(offset))), after: " OFFSET ", to: &writer)
        }
        if let lock, writer.dialect.locksRows { writer.text(lock.text) }
    }

    /// Whether an expression may be `NULL` because a row of its table is absent.
    private func mayBeAbsent(_ node: SQLNode) -> Bool {
        if case .column(let column) = node, case .table(let position, level) = column.source, sources.indices.contains(position) {
            return sources[position].isOptional
        }
        return sources.contains(where: \.isOptional)
    }

    private func writeResults(to writer: inout StatementWriter) {
        switch results {
        case .expressions(let nodes): writer.write(nodes)
        case .rows(let positions, let more):
            writer.write(more)
            for (index, position) in positions.enumerated() {
                if index > 0 || !more.isEmpty { writer.text(", ") }
                write(columnsAt: position, to: &writer)
            }
        }
    }

    /// Writes all columns of a table, and before those of an optional one whether there is a row.
    private func write(columnsAt position: Int, to writer: inout StatementWriter) {
        let source = sources[position], table = source.table
        guard let scope = writer.scopes.last, scope.isQualified else { return writer.text(table.columnList) }
        let name = scope.names[position] + "."
        if source.isOptional { writer.text(name + table.certainColumn.quotedName + " IS NOT NULL, ") }
        writer.text(table.columns.map { name + $0.quotedName }.joined(separator: ", "))
    }

    private func writeSources(to writer: inout StatementWriter) {
        for (index, source) in sources.enumerated() {
            writer.text(index == 0 ? " FROM " : source.isOptional ? " LEFT JOIN " : " JOIN ")
            writer.text(source.table.quotedName)
            if let scope = writer.scopes.last, scope.isQualified { writer.text(" AS " + scope.names[index]) }
            write(source.condition, after: " ON ", to: &writer)
        }
    }

    private func write(_ node: SQLNode?, after keyword: String, to writer: inout StatementWriter) {
        guard let node else { return }
        writer.text(keyword)
        writer.write(node)
    }

    private func write(_ nodes: [SQLNode], after keyword: String, to writer: inout StatementWriter) {
        guard !nodes.isEmpty else { return }
        writer.text(keyword)
        writer.write(nodes)
    }
}

/// How rows are locked until the end of the transaction, on engines where several transactions write at a time.
public struct RowLock: Hashable, Sendable {
    let text: String

    /// Waits for other transactions that have locked the rows.
    public static let update = RowLock(text: " FOR UPDATE")
    /// Leaves out rows that other transactions have locked, as the workers of a queue do.
    public static let skipLocked = RowLock(text: " FOR UPDATE SKIP LOCKED")
    /// Fails if another transaction has locked one of the rows.
    public static let noWait = RowLock(text: " FOR UPDATE NOWAIT")
    /// Lets others read and refer to the rows, but not change them.
    public static let share = RowLock(text: " FOR SHARE")
}
