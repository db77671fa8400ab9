/// Writes trees as the text and the bindings of a statement.
struct StatementWriter {
    /// The tables of a statement, whose columns can be referred to.
    struct Scope {
        /// The level of the statement; see `ColumnSource`.
        let level: Int
        /// The names or aliases of the tables, by their positions.
        let names: [String]
        /// Whether the names of the columns need that of the table before them.
        var isQualified: Bool
    }

    let dialect: Dialect
    var statement = Statement("")
    /// The statements around the place that is being written, outermost first.
    var scopes: [Scope] = []

    init(_ dialect: Dialect) {
        self.dialect = dialect
        // Enough for most statements.
        statement.text.reserveCapacity(256)
    }

    mutating func text(_ text: String) { statement.text += text }

    mutating func write(_ node: SQLNode) {
        switch node {
        case .column(let column): write(column)
        case .binding(let value): statement.bind(value)
        case .text(let text): statement.text += text
        case .infix(let left, let symbol, let right):
            write(left, within: symbol.precedence)
            statement.text += symbol.text
            write(right, within: symbol.isAssociative ? symbol.precedence : symbol.precedence + 1)
        case .postfix(let operand, let text):
            write(operand, within: 5)
            statement.text += text
        case .like(let text, let pattern):
            write(text, within: 5)
            statement.text += " LIKE "
            write(pattern, within: 5)
            statement.text += " ESCAPE '\\'"
        case .not(let condition):
            statement.text += "NOT "
            write(condition, within: 4)
        case .call(let name, let arguments):
            statement.text += name + "("
            write(arguments)
            statement.text += ")"
        case .distinct(let name, let argument):
            statement.text += name + "(DISTINCT "
            write(argument)
            statement.text += ")"
        case .cast(let value, let type):
            statement.text += "CAST("
            write(value)
            statement.text += " AS " + dialect.name(of: type) + ")"
        case .list(let value, let isIncluded, let values): write(value, isIncluded: isIncluded, in: values)
        case .subquery(let value, let isIncluded, let select):
            write(value, within: 5)
            statement.text += isIncluded ? " IN " : " NOT IN "
            write(nested: select)
        case .exists(let select):
            statement.text += "EXISTS "
            write(nested: select)
        case .scalar(let select): write(nested: select)
        case .raw(let sql): write(sql)
        }
    }

    /// Writes nodes with commas between them.
    mutating func write(_ nodes: [SQLNode]) {
        for (index, node) in nodes.enumerated() {
            if index > 0 { statement.text += ", " }
            write(node)
        }
    }

    /// Writes a part that was written by hand.
    mutating func write(_ sql: SQL) { statement.append(sql) }

    /// Writes another statement in parentheses, whose columns are those of its own tables.
    private mutating func write(nested select: SelectStatement) {
        statement.text += "("
        select.write(to: &self)
        statement.text += ")"
    }

    private mutating func write(_ column: ColumnReference) {
        switch column.source {
        case .excluded: statement.text += "excluded."
        case .table(let position, let level):
            // A query that was made elsewhere can have the same level as the one around it, but does not refer to that one.
            if let index = scopes.lastIndex(where: { $0.level == level }) {
                let scope = scopes[index]
                if scope.isQualified || index < scopes.count - 1, position < scope.names.count {
                    statement.text += scope.names[position] + "."
                }
            }
        }
        statement.text += column.name
    }

    /// Writes an operand, in parentheses if its operator binds less tightly.
    private mutating func write(_ node: SQLNode, within precedence: Int) {
        guard node.precedence < precedence else { return write(node) }
        statement.text += "("
        write(node)
        statement.text += ")"
    }

    private mutating func write(_ value: SQLNode, isIncluded: Bool, in values: [SQLData]) {
        guard !values.isEmpty else { return text(isIncluded ? "FALSE" : "TRUE") }
        write(value, within: 5)
        if dialect.bindsArrays {
            statement.text += isIncluded ? " = ANY(" : " <> ALL("
            statement.bind(.array(values))
            statement.text += ")"
        } else {
            statement.text += isIncluded ? " IN " : " NOT IN "
            statement.bind(list: values)
        }
    }
}
