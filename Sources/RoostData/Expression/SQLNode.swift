/// A part of a statement as a tree, from which the text is written for an engine.
public indirect enum SQLNode: Sendable {
    /// A column of a table of the query.
    case column(ColumnReference)
    /// A value that is bound.
    case binding(SQLData)
    /// Trusted text.
    case text(String)
    /// Two operands with an operator between them.
    case infix(SQLNode, InfixOperator, SQLNode)
    /// An operand with text behind it, such as `IS NULL`.
    case postfix(SQLNode, String)
    /// Whether a text matches a pattern, in which `\` takes the next character literally.
    case like(SQLNode, SQLNode)
    /// The opposite of a condition.
    case not(SQLNode)
    /// A function with its arguments.
    case call(String, [SQLNode])
    /// An aggregate function of different values only.
    case distinct(String, SQLNode)
    /// A value converted to another type.
    case cast(SQLNode, ColumnType)
    /// Whether a value is in a list, or is not.
    case list(SQLNode, isIncluded: Bool, [SQLData])
    /// Whether a value is in the result of another query, or is not.
    case subquery(SQLNode, isIncluded: Bool, SelectStatement)
    /// Whether another query has a result.
    case exists(SelectStatement)
    /// The value of another query's first result.
    case scalar(SelectStatement)
    /// A statement's part that was written by hand.
    case raw(SQL)
}

/// A column, and which table of the query it belongs to.
public struct ColumnReference: Hashable, Sendable {
    /// The position of the table in the query, beginning with 0.
    public var source: ColumnSource
    /// The name of the column, quoted if necessary.
    public var name: String
}

/// Where a column's value comes from.
public enum ColumnSource: Hashable, Sendable {
    /// The table at this position in a query, beginning with 0. The level says which query: 0, or 1 for a query that is made within a
    /// closure of another one, and so on.
    case table(Int, level: Int)
    /// The row that conflicts with an existing one.
    case excluded

    /// The only table of a query, or the first one.
    public static let first = ColumnSource.table(0, level: 0)
}

/// An operator between two operands.
public struct InfixOperator: Hashable, Sendable {
    let text: String
    /// Binds tighter than operators with a smaller number.
    let precedence: Int
    /// Whether `a op (b op c)` is the same as `a op b op c`.
    let isAssociative: Bool

    init(_ text: String, _ precedence: Int, isAssociative: Bool = false) {
        self.text = text
        self.precedence = precedence
        self.isAssociative = isAssociative
    }

    static let or = InfixOperator(" OR ", 1, isAssociative: true)
    static let and = InfixOperator(" AND ", 2, isAssociative: true)
    static let equal = InfixOperator(" = ", 4)
    static let notEqual = InfixOperator(" <> ", 4)
    static let distinct = InfixOperator(" IS DISTINCT FROM ", 4)
    static let same = InfixOperator(" IS NOT DISTINCT FROM ", 4)
    static let less = InfixOperator(" < ", 4)
    static let lessOrEqual = InfixOperator(" <= ", 4)
    static let greater = InfixOperator(" > ", 4)
    static let greaterOrEqual = InfixOperator(" >= ", 4)
    static let plus = InfixOperator(" + ", 5, isAssociative: true)
    static let minus = InfixOperator(" - ", 5)
    static let times = InfixOperator(" * ", 6)
    static let divided = InfixOperator(" / ", 6)
}

extension SQLNode {
    /// How tightly the node's own operator binds. A higher number binds tighter.
    var precedence: Int {
        switch self {
        case .infix(_, let symbol, _): symbol.precedence
        case .not: 3
        case .postfix, .like, .list, .subquery: 4
        case .raw: 0
        default: 9
        }
    }

    /// Both conditions, where `nil` is a condition that always holds.
    static func both(_ left: SQLNode?, _ right: SQLNode?) -> SQLNode? {
        guard let left, let right else { return left ?? right }
        return .infix(left, .and, right)
    }

    /// Whether the node is just this column of a table of the query.
    func isColumn(_ name: String) -> Bool {
        if case .column(let reference) = self { reference.name == name && reference.source != .excluded } else { false }
    }
}
