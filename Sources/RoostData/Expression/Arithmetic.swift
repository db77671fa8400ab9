/// Arithmetic that the engine does.
extension Expr where Value: Numeric {
    /// The sum.
    public static func + (left: Expr, right: Value) -> Expr { Expr(.infix(left.node, .plus, .binding(right.sql))) }
    /// The sum.
    public static func + (left: Expr, right: Expr) -> Expr { Expr(.infix(left.node, .plus, right.node)) }
    /// The difference.
    public static func - (left: Expr, right: Value) -> Expr { Expr(.infix(left.node, .minus, .binding(right.sql))) }
    /// The difference.
    public static func - (left: Expr, right: Expr) -> Expr { Expr(.infix(left.node, .minus, right.node)) }
    /// The product.
    public static func * (left: Expr, right: Value) -> Expr { Expr(.infix(left.node, .times, .binding(right.sql))) }
    /// The product.
    public static func * (left: Expr, right: Expr) -> Expr { Expr(.infix(left.node, .times, right.node)) }
    /// The quotient, which is rounded towards zero for whole numbers.
    public static func / (left: Expr, right: Value) -> Expr { Expr(.infix(left.node, .divided, .binding(right.sql))) }
    /// The quotient, which is rounded towards zero for whole numbers.
    public static func / (left: Expr, right: Expr) -> Expr { Expr(.infix(left.node, .divided, right.node)) }

    /// Adds a value to the column that a change sets.
    public static func += (left: inout Expr, right: Value) { left = left + right }
    /// Adds an expression to the column that a change sets.
    public static func += (left: inout Expr, right: Expr) { left = left + right }
    /// Subtracts a value from the column that a change sets.
    public static func -= (left: inout Expr, right: Value) { left = left - right }
    /// Subtracts an expression from the column that a change sets.
    public static func -= (left: inout Expr, right: Expr) { left = left - right }

    /// The sum over the rows of a group, or 0 if there are none.
    public var sum: Expr { Expr(.call("coalesce", [.cast(.call("sum", [node]), Value.columnType), .text("0")])) }
}

/// Functions over the rows of a group.
extension Expr {
    /// The number of rows of a group in which the expression is not `NULL`.
    public var count: Expr<Int> { Expr<Int>(.call("count", [node])) }
    /// The number of different values in a group.
    public var distinctCount: Expr<Int> { Expr<Int>(.distinct("count", node)) }
    /// The smallest value of a group, or `nil` if there is none.
    public var min: Expr<Value?> { Expr<Value?>(.call("min", [node])) }
    /// The largest value of a group, or `nil` if there is none.
    public var max: Expr<Value?> { Expr<Value?>(.call("max", [node])) }
    /// The average of a group, or `nil` if there are no values.
    public var average: Expr<Double?> { Expr<Double?>(.cast(.call("avg", [node]), .real)) }

    /// The expression as one that may be `NULL`, to compare it with an optional one.
    public var asOptional: Expr<Value?> { Expr<Value?>(node) }

    /// The expression's value, or another one if it is `NULL`.
    public static func ?? <Wrapped: SQLValue>(left: Expr, right: Wrapped) -> Expr<Wrapped> where Value == Wrapped? {
        Expr<Wrapped>(.call("coalesce", [left.node, .binding(right.sql)]))
    }
}

/// A type that is optional.
public protocol OptionalValue: SQLValue {
    /// The type that it wraps.
    associatedtype Wrapped: SQLValue
}

extension Optional: OptionalValue where Wrapped: SQLValue {}

extension Expr where Value: OptionalValue {
    /// The expression as one that always has a value, to compare it with such a one: if it is `NULL`, the comparison does not hold.
    ///
    /// ```swift
    /// let pairs = PersonRow.all.join(TaskRow.self) { $0.name == $1.owner.unwrapped }
    /// ```
    public var unwrapped: Expr<Value.Wrapped> { Expr<Value.Wrapped>(node) }
}

extension Expr<String> {
    /// The text in lower case, where engines differ in which letters they know beyond ASCII.
    public var lowercased: Expr { Expr(.call("lower", [node])) }
    /// The number of characters.
    public var length: Expr<Int> { Expr<Int>(.call("length", [node])) }
}
