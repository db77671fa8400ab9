import Roost
import RoostData

/// The statements that change a schema on SQLite. What `ALTER TABLE` cannot do is done by a new table that takes the old one's place
/// (https://www.sqlite.org/lang_altertable.html, §7); the migration runs without foreign keys, which are checked before it is committed.
struct SQLiteStatements {
    private let writer = SchemaWriter(dialect: .sqlite)
    private let difference: SchemaDifference
    private let objects: SQLiteObjects
    private let trial: SQLiteTrial
    /// The statements, without those of renames, which come before them.
    private(set) var statements: [String] = []
    /// What is left out, one line each.
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - difference: The change.
    ///   - objects: What the database has beside the schema, after the renames.
    ///   - trial: What the change does to that.
    init(_ difference: SchemaDifference, beside objects: SQLiteObjects, after trial: SQLiteTrial) {
        self.difference = difference
        self.objects = objects
        self.trial = trial
        // A table cannot take the place of another while a view or a trigger refers to that one.
        let replaced = difference.changed.map(\.after.name).filter(trial.rebuilt.contains) + difference.dropped.map(\.name)
        let views = objects.views(of: replaced + trial.lostViews), gone = replaced + views.map(\.name)
        let triggers = objects.triggers.filter { trigger in
            gone.contains(where: trigger.isOf) || trigger.mentions(any: gone) || trial.reason(for: trigger) != nil
        }
        statements += triggers.map { "DROP TRIGGER \(quoted($0.name));" } + views.reversed().map { "DROP VIEW \(quoted($0.name));" }
        for table in difference.created { statements += Self.creation(of: table, in: difference.after) }
        for change in difference.changed {
            if trial.rebuilt.contains(change.after.name) {
                rebuild(change)
            } else {
                statements += Self.alterations(of: change, in: difference.after)
            }
        }
        for table in difference.dropped { statements.append("DROP TABLE \(quoted(table.name));") }
        for object in views + triggers { keep(object) }
    }

    /// Makes something again that was written by hand, unless it would not work.
    private mutating func keep(_ object: SQLiteObjects.Object) {
        if let reason = trial.reason(for: object) {
            leaveOut("the \(object.kind) \(object.name)", sql: object.sql, because: reason)
        } else {
            statements.append(object.sql + ";")
        }
    }

    /// Says that something which was written by hand is left out.
    private mutating func leaveOut(_ what: String, sql: String?, because reason: String) {
        let line = "\(what) is left out: \(reason)"
        warnings.append(line)
        // A migration's comments can mean something at the beginning of a line.
        let lines = [line] + (sql.map { $0.split(whereSeparator: \.isNewline).map { "    \($0)" } } ?? [])
        statements.append(lines.map { "-- \($0)" }.joined(separator: "\n"))
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
            let isSameToSQLite = step.rename.column == nil && step.rename.table.lowercased() == step.rename.name.lowercased()
            let between = SchemaWriter.quoted("roost_renamed_\(step.rename.table)")
            let indexes = step.indexes.filter { !implied.contains($0.before) && !implied.contains($0.after.index) }
            let alterations =
                isSameToSQLite
                ? ["ALTER TABLE \(table) \(what) \(between);", "ALTER TABLE \(between) \(what) \(name);"]
                : ["ALTER TABLE \(table) \(what) \(name);"]
            // SQLite cannot rename an index.
            return alterations
                + indexes.flatMap {
                    ["DROP INDEX \(SchemaWriter.quoted($0.before));", writer.creation(of: $0.after, in: difference.after)]
                }
        }
    }

    private func quoted(_ name: String) -> String { SchemaWriter.quoted(name) }

    /// Returns the statements that make a table with its indexes.
    static func creation(of table: SchemaTable, in schema: DatabaseSchema) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        return [writer.creation(of: table, in: schema)] + table.indexes.map { writer.creation(of: $0, in: schema) }
    }

    /// Returns whether `ALTER TABLE` cannot make a change, whatever else the database has.
    static func mustRebuild(_ change: SchemaDifference.TableChange, beside objects: SQLiteObjects) -> Bool {
        change.changesKey || !change.altered.isEmpty
            || change.dropped.contains { $0.references != nil || $0.key != nil }
            || change.added.contains { $0.references != nil && $0.fallback != nil || $0.key != nil }
            || change.droppedIndexes.contains { objects.impliedIndexes.contains($0.index) }
    }

    /// Returns the statements that make a change without a new table.
    static func alterations(of change: SchemaDifference.TableChange, in schema: DatabaseSchema) -> [String] {
        let table = SchemaWriter.quoted(change.after.name), writer = SchemaWriter(dialect: .sqlite)
        return change.droppedIndexes.map { "DROP INDEX \(SchemaWriter.quoted($0.index));" }
            + change.dropped.map { "ALTER TABLE \(table) DROP COLUMN \(SchemaWriter.quoted($0.column));" }
            + change.added.map { "ALTER TABLE \(table) ADD COLUMN \(writer.definition($0, in: schema));" }
            + change.addedIndexes.map { writer.creation(of: $0, in: schema) }
    }

    private mutating func rebuild(_ change: SchemaDifference.TableChange) {
        let table = change.after, temporary = "roost_new_\(table.name)"
        let kept = table.columns.filter { change.before.column($0.column) != nil }
        let values = kept.map { column in change.before.column(column.column).map { value(of: column, from: $0) } ?? quoted(column.column) }
        let checks = trial.keptChecks[table.name, default: []]
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
        for index in objects.indexes where index.isOf(table.name) { keep(index) }
        for (condition, reason) in trial.lostChecks(of: table.name) {
            let line = condition.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            leaveOut("the check (\(line)) of \(table.name)", sql: nil, because: reason)
        }
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
