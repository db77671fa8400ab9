import Roost

/// What an insertion does if a row with the same unique values exists.
public struct ConflictRule<Row: Model>: Sendable {
    /// The names of the columns whose values are the same. They have a unique index; empty for any.
    private(set) var target: [String]
    let assignments: [Assignment]
    private(set) var condition: SQLNode?
    private var fails = false

    private init(target: [String], assignments: [Assignment], condition: SQLNode?) {
        self.target = target
        self.assignments = assignments
        self.condition = condition
    }

    /// Fails with a `DatabaseError` with the code `.uniqueViolation`.
    public static var fail: ConflictRule {
        var rule = ignore
        rule.fails = true
        return rule
    }

    /// Keeps the existing row.
    public static var ignore: ConflictRule { ConflictRule(target: [], assignments: [], condition: nil) }

    // As with every update, the version is the existing row's next one, and the time of the last change is the current time.
    /// Sets all columns of the existing row, which has the same key, to the new row's values.
    public static var replaceRow: ConflictRule { replacing(Row.table.replaceable.map(\.quotedName)) }

    /// Sets all columns of the existing row, which has the same key, to the new row's values, except these.
    public static func replaceRow<Group: ColumnExpressions>(except column: (Row.Columns) -> Group) -> ConflictRule {
        let kept = column(Row.columns).names
        return replacing(Row.table.replaceable.map(\.quotedName).filter { !kept.contains($0) })
    }

    /// Sets these columns of the existing row, which has the same key, to the new row's values.
    public static func replace<each Group: ColumnExpressions>(_ columns: (Row.Columns) -> (repeat each Group)) -> ConflictRule {
        var names: [String] = []
        for group in repeat each columns(Row.columns) { names += group.names }
        return replacing(names)
    }

    // In a chain such as `.replace { $0.stock }.where { … }`, the compiler does not infer a single column as a pack.
    /// Sets one column of the existing row, which has the same key, to the new row's value.
    public static func replace<Group: ColumnExpressions>(_ column: (Row.Columns) -> Group) -> ConflictRule {
        replacing(column(Row.columns).names)
    }

    private static func replacing(_ names: [String]) -> ConflictRule {
        let assignments = names.map { Assignment(column: $0, value: .column(ColumnReference(source: .excluded, name: $0))) }
        return ConflictRule(target: keys, assignments: assignments, condition: nil)
    }

    /// Changes the existing row, which has the same key.
    /// - Parameter change: Sets columns of the existing row, from its own values and those of the new row: `$0.count += $1.count`.
    public static func update(_ change: (inout Row.Columns, Row.Columns) -> Void) -> ConflictRule {
        let new = Row.Columns(of: .excluded)
        let assignments = QueryLevel.within(0) { Assignment.all(of: Row.self) { change(&$0, new) } }
        return ConflictRule(target: keys, assignments: assignments, condition: nil)
    }

    /// Returns the rule for rows that have the same values of these columns, which have a unique index, instead of the same key.
    public func on<each Group: ColumnExpressions>(_ columns: (Row.Columns) -> (repeat each Group)) -> ConflictRule {
        var names: [String] = []
        for group in repeat each columns(Row.columns) { names += group.names }
        return on(names)
    }

    /// Returns the rule for rows that have the same value of this column, which has a unique index, instead of the same key.
    public func on<Group: ColumnExpressions>(_ column: (Row.Columns) -> Group) -> ConflictRule { on(column(Row.columns).names) }

    private func on(_ names: [String]) -> ConflictRule {
        var rule = self
        rule.target = names
        return rule
    }

    /// Returns the rule with a condition: if it does not hold for the existing and the new row, the existing one is kept as it is.
    public func `where`(_ condition: (Row.Columns, Row.Columns) -> Condition) -> ConflictRule {
        let node = QueryLevel.within(0) { condition(Row.columns, Row.Columns(of: .excluded)).node }
        var rule = self
        rule.condition = .both(self.condition, node)
        return rule
    }

    private static var keys: [String] { Row.table.keys.map { Row.table.columns[$0].quotedName } }

    func write(to writer: inout StatementWriter, at clock: any ServiceClock) {
        if fails { return }
        writer.text(" ON CONFLICT")
        if !target.isEmpty { writer.text(" (\(target.joined(separator: ", ")))") }
        guard !assignments.isEmpty else { return writer.text(" DO NOTHING") }
        // A column could also be that of the row which cannot be inserted.
        writer.scopes = [StatementWriter.Scope(level: 0, names: [Row.table.quotedName], isQualified: true)]
        writer.text(" DO UPDATE SET ")
        writer.write(assignments + Assignment.automatic(for: Row.self, besides: assignments, at: clock))
        if let condition {
            writer.text(" WHERE ")
            writer.write(condition)
        }
        writer.scopes = []
    }
}

extension Table {
    /// The columns whose values the caller provides.
    fileprivate var replaceable: [TableColumn] { columns.filter { !$0.isKey && $0.role != .version && $0.role != .updated } }
}

extension ColumnExpressions {
    /// The names of the columns.
    fileprivate var names: [String] {
        nodes.compactMap { node in if case .column(let column) = node { column.name } else { nil } }
    }
}
