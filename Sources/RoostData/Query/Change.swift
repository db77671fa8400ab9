import Roost

/// A change of the rows of a query: an update or a deletion. It runs when it is passed to `run(_:)`.
///
/// ```swift
/// let changed = try await transaction.run(ProductRow.where { $0.id == id && $0.stock >= 2 }.update { $0.stock -= 2 })
/// ```
public struct Change<Row: Model>: Sendable {
    /// What happens to the rows.
    enum Kind: Sendable {
        case update([Assignment])
        /// Rows that the model keeps are marked as deleted.
        case delete
        case deletePermanently
    }

    let kind: Kind
    let query: Query<Row>

    /// Whether it sets nothing.
    var isEmpty: Bool { if case .update(let assignments) = kind { assignments.isEmpty } else { false } }

    /// Returns the change with the values of these expressions after it, one result for each changed row.
    public func returning<each Value: SQLValue>(
        _ expressions: (Row.Columns) -> (repeat Expr<each Value>)
    ) -> ReturningChange<(repeat each Value)> {
        var nodes: [SQLNode] = []
        for expression in repeat each QueryLevel.within(query.select.level, { expressions(Row.columns) }) { nodes.append(expression.node) }
        return ReturningChange(
            isEmpty: isEmpty,
            write: { [nodes] (writer, clock) throws(DatabaseError) in try write(to: &writer, at: clock, returning: nodes)
            }
        ) { row in
            (repeat try row.next((each Value).self))
        }
    }

    /// Returns the change with the rows after it. Rows that are removed from the table are returned as they were.
    public func returningRows() -> ReturningChange<Row> {
        ReturningChange(
            isEmpty: isEmpty,
            write: { (writer, clock) throws(DatabaseError) in try write(to: &writer, at: clock, returning: Row.columns.nodes) }
        ) { try Row(row: &$0) }
    }

    func write(to writer: inout StatementWriter, at clock: any ServiceClock, returning nodes: [SQLNode] = []) throws(DatabaseError) {
        let table = Row.table
        writer.scopes = [StatementWriter.Scope(level: query.select.level, names: [table.quotedName], isQualified: false)]
        if let assignments = assignments(at: clock) {
            writer.text("UPDATE \(table.quotedName) SET ")
            writer.write(assignments + Assignment.automatic(for: Row.self, besides: assignments, at: clock))
        } else {
            writer.text("DELETE FROM \(table.quotedName)")
        }
        if let condition = try condition {
            writer.text(" WHERE ")
            writer.write(condition)
        }
        if !nodes.isEmpty {
            writer.text(" RETURNING ")
            writer.write(nodes)
        }
    }

    /// Returns what is set, or `nil` if the rows are removed.
    private func assignments(at clock: any ServiceClock) -> [Assignment]? {
        switch kind {
        case .update(let assignments): return assignments
        case .deletePermanently: return nil
        case .delete:
            guard let deletion = Row.table.deletion else { return nil }
            return [Assignment(column: Row.table.columns[deletion].quotedName, value: .binding(clock.now.sql))]
        }
    }

    /// The condition for the rows. Those of an ordered or limited query are found by a query of their own.
    private var condition: SQLNode? {
        get throws(DatabaseError) {
            let select = query.scoped, table = Row.table
            guard select.groups.isEmpty, select.groupCondition == nil else {
                throw DatabaseError(.engine, "a change of \(table.name) applies to rows and not to groups")
            }
            guard select.limit != nil || select.offset != nil || select.lock != nil else { return select.condition }
            guard !table.keys.isEmpty else {
                throw DatabaseError(.engine, "a change of \(table.name) cannot be limited, because its rows have no key")
            }
            var keys = select
            let nodes = table.keys.map { Row.columns.nodes[$0] }
            keys.results = .expressions(nodes)
            // The condition stays outside as well: a row that another transaction has changed meanwhile is checked again only by that.
            return .both(select.condition, .subquery(nodes.count == 1 ? nodes[0] : .call("", nodes), isIncluded: true, keys))
        }
    }
}

/// A change that returns something for each changed row.
public struct ReturningChange<Result: Sendable>: Sendable {
    /// Whether it sets nothing.
    let isEmpty: Bool
    let write: @Sendable (inout StatementWriter, any ServiceClock) throws(DatabaseError) -> Void
    let decode: RowDecoder<Result>
}

/// A column and its new value.
struct Assignment: Sendable {
    let column: String
    let value: SQLNode

    /// Returns the columns that a closure has changed.
    static func all<Row: Model>(of model: Row.Type, _ change: (inout Row.Columns) -> Void) -> [Assignment] {
        var columns = Row.columns
        change(&columns)
        return zip(Row.table.columns, columns.nodes).compactMap { column, node in
            node.isColumn(column.quotedName) ? nil : Assignment(column: column.quotedName, value: node)
        }
    }

    /// Returns what changes with every update unless it is set explicitly: the row's version, and the time of its last change.
    static func automatic<Row: Model>(
        for model: Row.Type, besides assignments: [Assignment], at clock: any ServiceClock
    ) -> [Assignment] {
        let table = Row.table, nodes = Row.columns.nodes
        let version = table.version.map {
            Assignment(column: table.columns[$0].quotedName, value: .infix(nodes[$0], .plus, .text("1")))
        }
        let update = table.update.map { Assignment(column: table.columns[$0].quotedName, value: .binding(clock.now.sql)) }
        return [version, update].compactMap { $0 }.filter { own in !assignments.contains { $0.column == own.column } }
    }
}

extension StatementWriter {
    /// Writes assignments with commas between them.
    mutating func write(_ assignments: [Assignment]) {
        for (index, assignment) in assignments.enumerated() {
            text((index > 0 ? ", " : "") + assignment.column + " = ")
            write(assignment.value)
        }
    }
}

extension Query {
    /// Returns an update of the query's rows.
    /// - Parameter change: Sets the columns: `$0.name.set("x")`, `$0.stock -= 2`, `$0.total = $0.price * $0.quantity`.
    public func update(_ change: (inout Row.Columns) -> Void) -> Change<Row> {
        QueryLevel.within(select.level) { Change(kind: .update(Assignment.all(of: Row.self, change)), query: self) }
    }

    /// Returns a deletion of the query's rows.
    /// - Parameter permanently: Whether the rows are removed from the table also for a model with `@DeletedAt`, which otherwise keeps them,
    ///   marked as deleted. To remove those that are marked already, call `includingDeleted()` before.
    public func delete(permanently: Bool = false) -> Change<Row> {
        Change(kind: permanently ? .deletePermanently : .delete, query: self)
    }
}

extension Changing {
    /// Runs an update or a deletion.
    /// - Returns: The number of changed rows.
    @discardableResult
    public func run<Row>(_ change: Change<Row>) async throws -> Int {
        if change.isEmpty { return 0 }
        var writer = StatementWriter(dialect)
        try change.write(to: &writer, at: clock)
        return try await self.change(writer.statement) { _ in }.changes
    }

    /// Runs an update or a deletion.
    /// - Returns: A result for each changed row.
    public func run<Result>(_ change: ReturningChange<Result>) async throws -> [Result] {
        if change.isEmpty { return [] }
        var writer = StatementWriter(dialect)
        try change.write(&writer, clock)
        return try await self.change(writer.statement, change.decode).rows
    }

    /// Writes all columns of a row, which is found by its key. With `@Version`, the row must not have been changed since it was read.
    /// - Returns: The row as it is stored then.
    /// - Throws: A `Problem` with status 409 if the row has been changed or deleted since it was read.
    @discardableResult
    public func update<Row: KeyedModel>(_ row: Row) async throws -> Row {
        var bindings: [SQLData] = []
        row.bind(to: &bindings)
        let table = Row.table
        let assignments = table.columns.indices.filter { !table.keys.contains($0) && $0 != table.version && $0 != table.update }.map {
            Assignment(column: table.columns[$0].quotedName, value: .binding(bindings[$0]))
        }
        var query = Row.with(row.key)
        if let version = table.version {
            query = query.where { Condition(.infix($0.nodes[version], .equal, .binding(bindings[version]))) }
        }
        let stored =
            assignments.isEmpty ? try await fetch(query) : try await run(Change(kind: .update(assignments), query: query).returningRows())
        guard let first = stored.first else {
            throw Problem(.conflict, "The data has been changed by somebody else since it was read.")
        }
        return first
    }

    /// Deletes a row, which is found by its key. A model with `@DeletedAt` keeps it, marked as deleted.
    /// - Returns: Whether the row was there.
    @discardableResult
    public func delete<Row: KeyedModel>(_ row: Row) async throws -> Bool { try await run(Row.with(row.key).delete()) > 0 }
}
