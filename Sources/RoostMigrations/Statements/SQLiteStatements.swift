import Roost
import RoostData

/// The statements that change a schema on SQLite. What `ALTER TABLE` cannot do is done by a new table that takes the old one's place
/// (https://www.sqlite.org/lang_altertable.html, §7); the migration runs without foreign keys, which are checked before it is committed.
struct SQLiteStatements {
    private let writer = SchemaWriter(dialect: .sqlite)
    private let difference: SchemaDifference
    private let objects: SQLiteObjects
    private(set) var statements: [String] = []

    /// - Parameter objects: What the database has that is not in the schema, before the change.
    init(_ difference: SchemaDifference, beside objects: SQLiteObjects) {
        self.difference = difference
        self.objects = objects
        for rename in difference.renames {
            let what = rename.column.map { "RENAME COLUMN \(quoted($0)) TO" } ?? "RENAME TO"
            statements.append("ALTER TABLE \(quoted(rename.table)) \(what) \(quoted(rename.name));")
        }
        let rebuilt = difference.changed.filter(needsRebuild)
        // A table cannot take the place of another while a view refers to that one.
        let views = objects.views.filter { view in
            (rebuilt.map(\.after.name) + difference.dropped.map(\.name)).contains(where: view.mentions)
        }
        for view in views.reversed() { statements.append("DROP VIEW \(quoted(view.name));") }
        for table in difference.dropped { statements.append("DROP TABLE \(quoted(table.name));") }
        for table in difference.created {
            statements.append(writer.creation(of: table, in: difference.after))
            statements += table.indexes.map { writer.creation(of: $0) }
        }
        for change in difference.changed { if needsRebuild(change) { rebuild(change) } else { alter(change) } }
        for view in views where !difference.dropped.map(\.name).contains(where: view.mentions) { statements.append(view.sql + ";") }
    }

    private func quoted(_ name: String) -> String { SchemaWriter.quoted(name) }

    private func needsRebuild(_ change: SchemaDifference.TableChange) -> Bool {
        change.changesKey || !change.altered.isEmpty
            || change.dropped.contains { $0.references != nil || $0.key != nil || objects.mentions($0.column, of: change.after.name) }
            || change.added.contains { $0.references != nil && $0.fallback != nil || $0.key != nil }
            || change.droppedIndexes.contains { objects.impliedIndexes.contains($0.index) }
    }

    private mutating func alter(_ change: SchemaDifference.TableChange) {
        let table = quoted(change.after.name)
        statements += change.droppedIndexes.map { "DROP INDEX \(quoted($0.index));" }
        statements += change.dropped.map { "ALTER TABLE \(table) DROP COLUMN \(quoted($0.column));" }
        statements += change.added.map { "ALTER TABLE \(table) ADD COLUMN \(writer.definition($0, in: difference.after));" }
        statements += change.addedIndexes.map { writer.creation(of: $0) }
    }

    private mutating func rebuild(_ change: SchemaDifference.TableChange) {
        let table = change.after, temporary = "roost_new_\(table.name)"
        let kept = table.columns.filter { change.before.column($0.column) != nil }
        let values = kept.map { column in change.before.column(column.column).map { value(of: column, from: $0) } ?? quoted(column.column) }
        statements.append(writer.creation(of: table, in: difference.after, as: temporary))
        statements.append(
            """
            INSERT INTO \(quoted(temporary)) (\(kept.map { quoted($0.column) }.joined(separator: ", ")))
            SELECT \(values.joined(separator: ", ")) FROM \(quoted(table.name));
            """)
        statements.append("DROP TABLE \(quoted(table.name));")
        statements.append("ALTER TABLE \(quoted(temporary)) RENAME TO \(quoted(table.name));")
        statements += table.indexes.map { writer.creation(of: $0) }
        statements += objects.others.filter { $0.table == table.name }.map { $0.sql + ";" }
    }

    /// Returns the expression that makes a column's value from the earlier one.
    private func value(of column: SchemaColumn, from before: SchemaColumn) -> String {
        let name = quoted(column.column), type = writer.type(of: column)
        let value = writer.type(of: before) == type ? name : "CAST(\(name) AS \(type))"
        guard before.isNullable, !column.isNullable, let fallback = writer.fallback(of: column) else { return value }
        return "coalesce(\(value), \(fallback))"
    }
}

/// What a database on SQLite has beside the tables of the schema.
struct SQLiteObjects {
    /// Something with a statement of its own: a view, an index with a condition, a trigger.
    struct Object {
        let name: String
        let table: String
        let sql: String

        func mentions(_ name: String) -> Bool { SQLText.words(sql).contains { $0 == name || $0 == "\"\(name)\"" } }
    }

    /// The views, in the order of their creation.
    var views: [Object] = []
    /// Indexes and triggers that the schema does not describe.
    var others: [Object] = []
    /// The names of indexes that belong to a constraint of their table, and cannot be dropped without it.
    var impliedIndexes: Set<String> = []

    func mentions(_ column: String, of table: String) -> Bool {
        others.contains { $0.table == table && $0.mentions(column) } || views.contains { $0.mentions(table) && $0.mentions(column) }
    }
}
