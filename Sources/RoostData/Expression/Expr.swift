/// An expression of a statement whose value has a Swift type, such as a column of a model.
public struct Expr<Value: SQLValue>: Sendable {
    /// The expression as a tree.
    public var node: SQLNode

    /// Creates an expression from a tree.
    public init(_ node: SQLNode) { self.node = node }

    /// Creates an expression from a value, which is bound.
    public init(_ value: Value) { node = .binding(value.sql) }

    /// Creates the expression of a column.
    /// - Parameters:
    ///   - name: The name of the column.
    ///   - source: The table that the column belongs to.
    public init(column name: String, of source: ColumnSource) {
        node = .column(ColumnReference(source: source, name: Identifier.quoted(name)))
    }

    /// Creates an expression from SQL that was written by hand.
    /// - Parameter sql: Trusted text whose interpolations are bindings.
    public init(sql: SQL) { node = .raw(sql) }

    /// Makes a change set the column to a value.
    public mutating func set(_ value: Value) { node = .binding(value.sql) }
}

/// A condition that rows fulfill or not.
public struct Condition: Sendable {
    let node: SQLNode

    init(_ node: SQLNode) { self.node = node }

    /// Creates a condition from a column that is `true` or `false`.
    public init(_ expression: Expr<Bool>) { node = expression.node }

    /// Creates a condition from SQL that was written by hand.
    /// - Parameter sql: Trusted text whose interpolations are bindings.
    public init(sql: SQL) { node = .raw(sql) }

    /// Both conditions hold.
    public static func && (left: Condition, right: Condition) -> Condition { Condition(.infix(left.node, .and, right.node)) }

    /// At least one of the conditions holds.
    public static func || (left: Condition, right: Condition) -> Condition { Condition(.infix(left.node, .or, right.node)) }

    /// The condition does not hold.
    public static prefix func ! (condition: Condition) -> Condition { Condition(.not(condition.node)) }
}

/// What rows are sorted by.
public struct SortOrder: Sendable {
    let expression: SQLNode
    let type: ColumnType
    let isNullable: Bool
    let isDescending: Bool

    /// The term for an engine. `NULL` is smaller than all values, as in SQLite, so that every engine returns the same order.
    /// - Parameter mayBeAbsent: Whether the row of a table may be absent, whose columns then are `NULL`.
    func node(for dialect: Dialect, mayBeAbsent: Bool) -> SQLNode {
        let nulls = (isNullable || mayBeAbsent) && dialect.sortsNullLast ? (isDescending ? " NULLS LAST" : " NULLS FIRST") : ""
        let suffix = (isDescending ? " DESC" : "") + nulls
        return suffix.isEmpty ? expression : .postfix(expression, suffix)
    }
}

extension Expr {
    /// Sorts by the expression, smallest first. `NULL` is smaller than all values.
    public var ascending: SortOrder {
        SortOrder(expression: node, type: Value.columnType, isNullable: Value.isOptional, isDescending: false)
    }

    /// Sorts by the expression, largest first. `NULL` is smaller than all values.
    public var descending: SortOrder {
        SortOrder(expression: node, type: Value.columnType, isNullable: Value.isOptional, isDescending: true)
    }
}
