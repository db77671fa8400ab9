/// How many closures of queries surround the code that makes a query.
///
/// A query that is made within the closure of another one can refer to the columns of both. Each column says at which level its query is, so
/// that the two are told apart even if they are of the same model.
enum QueryLevel {
    @TaskLocal static var current = 0

    /// Runs a closure of a query.
    static func within<Result>(_ level: Int, _ closure: () throws -> Result) rethrows -> Result {
        try $current.withValue(level + 1, operation: closure)
    }
}

extension ColumnSource {
    /// The same table, of a query that is moved inwards.
    fileprivate func moved(from level: Int, by distance: Int) -> ColumnSource {
        if case .table(let position, let own) = self, own >= level { .table(position, level: own + distance) } else { self }
    }
}

extension SQLNode {
    /// Returns the tree with the queries from a level on moved further inwards.
    fileprivate func moved(from level: Int, by distance: Int) -> SQLNode {
        func moved(_ node: SQLNode) -> SQLNode { node.moved(from: level, by: distance) }
        return switch self {
        case .column(let column):
            .column(ColumnReference(source: column.source.moved(from: level, by: distance), name: column.name))
        case .binding, .text, .raw: self
        case .infix(let left, let symbol, let right): .infix(moved(left), symbol, moved(right))
        case .postfix(let operand, let text): .postfix(moved(operand), text)
        case .like(let text, let pattern): .like(moved(text), moved(pattern))
        case .not(let condition): .not(moved(condition))
        case .call(let name, let arguments): .call(name, arguments.map(moved))
        case .distinct(let name, let argument): .distinct(name, moved(argument))
        case .cast(let value, let type): .cast(moved(value), type)
        case .list(let value, let isIncluded, let values): .list(moved(value), isIncluded: isIncluded, values)
        case .subquery(let value, let isIncluded, let select):
            .subquery(moved(value), isIncluded: isIncluded, select.moved(from: level, by: distance))
        case .exists(let select): .exists(select.moved(from: level, by: distance))
        case .scalar(let select): .scalar(select.moved(from: level, by: distance))
        }
    }
}

extension SelectStatement {
    /// The statement at the level of the current closure, so that what is added to it can refer to the queries around it.
    var entered: SelectStatement {
        let current = QueryLevel.current
        return level < current ? moved(from: level, by: current - level) : self
    }

    fileprivate func moved(from first: Int, by distance: Int) -> SelectStatement {
        func moved(_ node: SQLNode) -> SQLNode { node.moved(from: first, by: distance) }
        var select = self
        if level >= first { select.level += distance }
        switch results {
        case .rows(let tables, let before): select.results = .rows(tables, after: before.map(moved))
        case .expressions(let nodes): select.results = .expressions(nodes.map(moved))
        }
        for index in sources.indices { select.sources[index].condition = sources[index].condition.map(moved) }
        select.condition = condition.map(moved)
        select.groups = groups.map(moved)
        select.groupCondition = groupCondition.map(moved)
        select.orders = orders.map {
            SortOrder(expression: moved($0.expression), type: $0.type, isNullable: $0.isNullable, isDescending: $0.isDescending)
        }
        return select
    }
}
