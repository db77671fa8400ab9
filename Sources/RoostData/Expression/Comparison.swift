/// Comparisons with values. `nil` is compared with `IS NULL`, and an optional column is unequal to a value if it is `NULL`.
extension Expr {
    /// Whether the expression has this value.
    public static func == (left: Expr, right: Value) -> Condition {
        let value = right.sql
        return Condition(value == .null ? .postfix(left.node, " IS NULL") : .infix(left.node, .equal, .binding(value)))
    }

    /// Whether the expression has another value.
    public static func != (left: Expr, right: Value) -> Condition {
        let value = right.sql
        if value == .null { return Condition(.postfix(left.node, " IS NOT NULL")) }
        return Condition(.infix(left.node, Value.isOptional ? .distinct : .notEqual, .binding(value)))
    }

    /// Whether the expression is smaller than the value.
    public static func < (left: Expr, right: Value) -> Condition { left.compared(.less, right) }
    /// Whether the expression is at most the value.
    public static func <= (left: Expr, right: Value) -> Condition { left.compared(.lessOrEqual, right) }
    /// Whether the expression is larger than the value.
    public static func > (left: Expr, right: Value) -> Condition { left.compared(.greater, right) }
    /// Whether the expression is at least the value.
    public static func >= (left: Expr, right: Value) -> Condition { left.compared(.greaterOrEqual, right) }

    private func compared(_ symbol: InfixOperator, _ value: Value) -> Condition {
        Condition(.infix(node, symbol, .binding(value.sql)))
    }
}

/// Comparisons of two expressions. Two optional ones are also equal if both are `NULL`.
extension Expr {
    /// Whether both expressions have the same value.
    public static func == (left: Expr, right: Expr) -> Condition {
        Condition(.infix(left.node, Value.isOptional ? .same : .equal, right.node))
    }

    /// Whether the expressions have different values.
    public static func != (left: Expr, right: Expr) -> Condition {
        Condition(.infix(left.node, Value.isOptional ? .distinct : .notEqual, right.node))
    }

    /// Whether the first expression is smaller.
    public static func < (left: Expr, right: Expr) -> Condition { Condition(.infix(left.node, .less, right.node)) }
    /// Whether the first expression is smaller or both are equal.
    public static func <= (left: Expr, right: Expr) -> Condition { Condition(.infix(left.node, .lessOrEqual, right.node)) }
    /// Whether the first expression is larger.
    public static func > (left: Expr, right: Expr) -> Condition { Condition(.infix(left.node, .greater, right.node)) }
    /// Whether the first expression is larger or both are equal.
    public static func >= (left: Expr, right: Expr) -> Condition { Condition(.infix(left.node, .greaterOrEqual, right.node)) }
}

extension Expr {
    /// Whether the expression has one of the values. `nil` among them stands for `NULL`.
    public func isIn(_ values: some Sequence<Value>) -> Condition {
        let all = values.map(\.sql), present = all.filter { $0 != .null }
        let list = Condition(.list(node, isIncluded: true, present))
        return present.count == all.count ? list : list || isNull
    }

    /// Whether the expression has none of the values. `nil` among them stands for `NULL`.
    public func isNotIn(_ values: some Sequence<Value>) -> Condition {
        let all = values.map(\.sql), present = all.filter { $0 != .null }
        let list = Condition(.list(node, isIncluded: false, present))
        guard Value.isOptional else { return list }
        return present.count == all.count ? list || isNull : list && !isNull
    }

    /// Whether the expression has one of the values that a query selects. `NULL` is not a value.
    public func isIn(_ query: Selection<Value>) -> Condition { Condition(.subquery(node, isIncluded: true, query.select)) }

    /// Whether the expression has none of the values that a query selects. `NULL` is not a value.
    public func isNotIn(_ query: Selection<Value>) -> Condition {
        var select = query.select
        guard Value.isOptional, case .expressions(let nodes) = select.results, let selected = nodes.first, select.groups.isEmpty else {
            return Condition(.subquery(node, isIncluded: false, select))
        }
        // A single NULL in the result would make the condition hold for no row.
        select.condition = .both(select.condition, .postfix(selected, " IS NOT NULL"))
        return Condition(.subquery(node, isIncluded: false, select)) || isNull
    }

    /// Whether the expression is `NULL`.
    public var isNull: Condition { Condition(.postfix(node, " IS NULL")) }
}

extension Expr<Bool> {
    /// Whether the expression is `false`.
    public static prefix func ! (expression: Expr) -> Condition { Condition(.not(expression.node)) }
}

extension Expr<String> {
    /// Whether the text matches a pattern of `LIKE`, in which `%` stands for any text, `_` for any character, and `\` takes the next
    /// character literally. Engines differ in whether case matters: compare texts that were folded beforehand.
    public func like(_ pattern: String) -> Condition { Condition(.like(node, .binding(.text(pattern)))) }

    /// Whether the text begins with another.
    public func hasPrefix(_ text: String) -> Condition { like(text.escapedForLike + "%") }

    /// Whether the text contains another.
    public func contains(_ text: String) -> Condition { like("%" + text.escapedForLike + "%") }
}

extension String {
    /// The text as a pattern of `LIKE` that matches only this text, with `\` as the escape character.
    ///
    /// Scalars are compared and not characters: a `%` with an accent on it is a wildcard to the engine all the same.
    var escapedForLike: String {
        var pattern = UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == "\\" || scalar == "%" || scalar == "_" { pattern.append("\\") }
            pattern.append(scalar)
        }
        return String(pattern)
    }
}
