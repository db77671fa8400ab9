import Roost
import RoostData

/// The statements that change a schema on SQLite. What `ALTER TABLE` cannot do is done by a new table that takes the old one's place
/// (https://www.sqlite.org/lang_altertable.html, §7); the migration runs without foreign keys, which are checked before it is committed.
struct SQLiteStatements {
    private let writer = SchemaWriter(dialect: .sqlite)
    private let difference: SchemaDifference
    private let objects: SQLiteObjects
    private(set) var statements: [String] = []
    /// The indexes of tables that are rebuilt.
    private(set) var madeIndexes: Set<String> = []
    /// What goes with what is dropped, and what may not work without it, one line each.
    private(set) var warnings: [String] = []

    /// - Parameter objects: What the database has that is not in the schema, after the renames.
    init(_ difference: SchemaDifference, beside objects: SQLiteObjects) {
        self.difference = difference
        self.objects = objects
        statements = Self.renames(of: difference, besides: objects.impliedIndexes)
        // A table cannot take the place of another while a view or a trigger of another table refers to that one.
        let replaced = difference.changed.filter(needsRebuild).map(\.after.name) + difference.dropped.map(\.name)
        let views = objects.views(of: replaced)
        let gone = replaced + views.map(\.name)
        let triggers = objects.triggers.filter { trigger in gone.contains(where: trigger.isOf) || trigger.mentions(any: gone) }
        for trigger in triggers where !gone.contains(where: trigger.isOf) { statements.append("DROP TRIGGER \(quoted(trigger.name));") }
        for view in views.reversed() { statements.append("DROP VIEW \(quoted(view.name));") }
        for table in difference.created {
            statements.append(writer.creation(of: table, in: difference.after))
            statements += table.indexes.map { writer.creation(of: $0, in: difference.after) }
        }
        for change in difference.changed { if needsRebuild(change) { rebuild(change) } else { alter(change) } }
        for table in difference.dropped { statements.append("DROP TABLE \(quoted(table.name));") }
        let dropped = difference.dropped.map(\.name)
        let lost = difference.changed.flatMap(\.dropped)
        for object in views + triggers {
            if let table = dropped.first(where: { object.isOf($0) || object.mentions($0) }) {
                leaveOut("the \(object.kind) \(object.name)", needing: table)
            } else {
                statements.append(object.sql + ";")
                for column in lost where object.mentions(column.column) && (object.isOf(column.table) || object.mentions(column.table)) {
                    warnings.append("the \(object.kind) \(object.name) may need \(column.path), which is dropped: change it by hand")
                }
            }
        }
    }

    /// Says that something which was written by hand goes with what it needs.
    private mutating func leaveOut(_ what: String, needing dropped: String) {
        let line = what.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        warnings.append("\(line) goes, since it needs \(dropped), which is dropped")
        statements.append("-- Left out, since it needs \(dropped): \(line)")
    }

    /// Returns the statements of renames.
    /// - Parameters:
    ///   - difference: The difference with the renames.
    ///   - implied: The indexes that belong to constraints, whose names only the schema knows.
    static func renames(of difference: SchemaDifference, besides implied: Set<String>) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        return difference.steps.flatMap { step -> [String] in
            let what = step.rename.column.map { "RENAME COLUMN \(SchemaWriter.quoted($0)) TO" } ?? "RENAME TO"
            let table = SchemaWriter.quoted(step.rename.table), name = SchemaWriter.quoted(step.rename.name)
            let indexes = step.indexes.filter { !implied.contains($0.before) && !implied.contains($0.after.index) }
            // SQLite cannot rename an index.
            return ["ALTER TABLE \(table) \(what) \(name);"]
                + indexes.flatMap {
                    ["DROP INDEX \(SchemaWriter.quoted($0.before));", writer.creation(of: $0.after, in: difference.after)]
                }
        }
    }

    private func quoted(_ name: String) -> String { SchemaWriter.quoted(name) }

    private func needsRebuild(_ change: SchemaDifference.TableChange) -> Bool {
        change.changesKey || !change.altered.isEmpty
            || change.dropped.contains { $0.references != nil || $0.key != nil || objects.needs($0) }
            || change.added.contains { $0.references != nil && $0.fallback != nil || $0.key != nil }
            || change.droppedIndexes.contains { objects.impliedIndexes.contains($0.index) }
    }

    private mutating func alter(_ change: SchemaDifference.TableChange) {
        let table = quoted(change.after.name)
        statements += change.droppedIndexes.map { "DROP INDEX \(quoted($0.index));" }
        statements += change.dropped.map { "ALTER TABLE \(table) DROP COLUMN \(quoted($0.column));" }
        statements += change.added.map { "ALTER TABLE \(table) ADD COLUMN \(writer.definition($0, in: difference.after));" }
        statements += change.addedIndexes.map { writer.creation(of: $0, in: difference.after) }
    }

    private mutating func rebuild(_ change: SchemaDifference.TableChange) {
        let table = change.after, temporary = "roost_new_\(table.name)"
        let kept = table.columns.filter { change.before.column($0.column) != nil }
        let values = kept.map { column in change.before.column(column.column).map { value(of: column, from: $0) } ?? quoted(column.column) }
        let checks = objects.checks(of: change)
        statements.append(writer.creation(of: table, in: difference.after, as: temporary, checks: checks))
        statements.append(
            """
            INSERT INTO \(quoted(temporary)) (\(kept.map { quoted($0.column) }.joined(separator: ", ")))
            SELECT \(values.joined(separator: ", ")) FROM \(quoted(table.name));
            """)
        if table.columns.contains(where: { $0.generated == true }) { keepCounter(of: table.name, in: temporary) }
        statements.append("DROP TABLE \(quoted(table.name));")
        statements.append("ALTER TABLE \(quoted(temporary)) RENAME TO \(quoted(table.name));")
        statements += table.indexes.map { writer.creation(of: $0, in: difference.after) }
        madeIndexes.formUnion(table.indexes.map(\.index))
        for index in objects.indexes where index.isOf(table.name) {
            if let column = change.dropped.first(where: { index.mentions($0.column) }) {
                leaveOut("the index \(index.name)", needing: column.path)
            } else {
                statements.append(index.sql + ";")
            }
        }
        for check in objects.lostChecks(of: change) { leaveOut("the check (\(check.condition))", needing: check.column.path) }
    }

    /// Keeps the numbers of deleted rows from being given to new ones (https://www.sqlite.org/autoinc.html).
    private mutating func keepCounter(of table: String, in temporary: String) {
        let old = SchemaWriter.literal(table), new = SchemaWriter.literal(temporary)
        statements.append("DELETE FROM sqlite_sequence WHERE name = \(new);")
        statements.append(
            "INSERT INTO sqlite_sequence (name, seq) SELECT \(new), seq FROM sqlite_sequence WHERE name = \(old) COLLATE NOCASE;")
    }

    /// Returns the expression that makes a column's value from the earlier one.
    private func value(of column: SchemaColumn, from before: SchemaColumn) -> String {
        let name = quoted(column.column), type = writer.type(of: column)
        let value = writer.type(of: before) == type ? name : "CAST(\(name) AS \(type))"
        guard before.isNullable, !column.isNullable, let fallback = writer.fallback(of: column) else { return value }
        return "coalesce(\(value), \(fallback))"
    }
}
