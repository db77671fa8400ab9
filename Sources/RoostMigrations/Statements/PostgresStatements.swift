import Roost
import RoostData

/// The statements that change a schema on PostgreSQL without holding up those who use it: what takes long is in steps of their own.
struct PostgresStatements {
    private let writer = SchemaWriter(dialect: .postgres)
    private let difference: SchemaDifference
    /// The statements of one transaction, which hold their locks briefly.
    private(set) var statements: [String] = []
    /// The statements that check existing rows, for a transaction of its own.
    private(set) var validations: [String] = []
    /// The indexes of tables that exist already, each of which is built on its own.
    private(set) var indexes: [SchemaIndex] = []

    init(_ difference: SchemaDifference) {
        self.difference = difference
        for step in difference.steps { add(step) }
        create()
        for change in difference.changed { add(change) }
        drop()
    }

    /// All statements, for a step back, which is not made while others use the tables.
    var everything: [String] { statements + validations + indexes.map { writer.creation(of: $0, in: difference.after) } }

    private func quoted(_ name: String) -> String { SchemaWriter.quoted(name) }

    /// Renames a table or a column, and the constraints and indexes that are named after it.
    private mutating func add(_ step: SchemaDifference.RenameStep) {
        let rename = step.rename
        if let column = rename.column {
            alter(rename.table, "RENAME COLUMN \(quoted(column)) TO \(quoted(rename.name))")
            if let renamed = step.schema.table(rename.table)?.column(rename.name) {
                renameConstraints(of: renamed, from: rename.table, column)
            }
        } else {
            alter(rename.table, "RENAME TO \(quoted(rename.name))")
            let table = step.schema.table(rename.name)
            if table?.key.isEmpty == false { renameIndex(Name.key(rename.table), to: Name.key(rename.name)) }
            for column in table?.columns ?? [] { renameConstraints(of: column, from: rename.table, column.column) }
        }
        for index in step.indexes { renameIndex(index.before, to: index.after.index) }
    }

    private mutating func renameConstraints(of column: SchemaColumn, from table: String, _ name: String) {
        if column.isChecked {
            renameConstraint(of: column.table, Name.check(table, name), to: Name.check(column.table, column.column))
        }
        if column.references != nil {
            renameConstraint(of: column.table, Name.reference(table, name), to: Name.reference(column.table, column.column))
        }
    }

    /// A table that was made by hand may have given its constraint another name, which stays.
    private mutating func renameConstraint(of table: String, _ old: String, to new: String) {
        let relation = SchemaWriter.literal(quoted(table))
        statements.append(
            """
            DO $$ BEGIN
                IF EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = CAST(\(relation) AS regclass) AND conname = \(SchemaWriter.literal(old))) THEN
                    ALTER TABLE \(quoted(table)) RENAME CONSTRAINT \(quoted(old)) TO \(quoted(new));
                END IF;
            END $$;
            """)
    }

    /// The index of a constraint gives the constraint its name.
    private mutating func renameIndex(_ old: String, to new: String) {
        statements.append("ALTER INDEX IF EXISTS \(quoted(old)) RENAME TO \(quoted(new));")
    }

    /// Drops tables last, when no other table refers to them; those that refer to each other lose their references first.
    private mutating func drop() {
        var rest = difference.dropped
        while !rest.isEmpty {
            let table = rest.removeFirst()
            for column in rest.flatMap(\.columns) where column.references == table.name {
                alter(column.table, "DROP CONSTRAINT IF EXISTS \(quoted(Name.reference(column.table, column.column)))")
            }
            statements.append("DROP TABLE \(quoted(table.name));")
        }
    }

    private mutating func create() {
        var later = Set(difference.created.map(\.name))
        var references: [SchemaColumn] = []
        for table in difference.created {
            later.remove(table.name)
            statements.append(writer.creation(of: table, in: difference.after, before: later))
            references += table.columns.filter { $0.references.map(later.contains) ?? false }
            statements += table.indexes.map { writer.creation(of: $0, in: difference.after) }
        }
        for column in references { addReference(column, isChecked: true) }
    }

    private mutating func add(_ change: SchemaDifference.TableChange) {
        let table = change.after.name
        for index in change.droppedIndexes {
            if index.isUnique { alter(table, "DROP CONSTRAINT IF EXISTS \(quoted(index.index))") }
            statements.append("DROP INDEX IF EXISTS \(quoted(index.index));")
        }
        if change.changesKey, !change.before.key.isEmpty { alter(table, "DROP CONSTRAINT IF EXISTS \(quoted(Name.key(table)))") }
        for column in change.dropped { alter(table, "DROP COLUMN \(quoted(column.column))") }
        for column in change.added {
            alter(table, "ADD COLUMN \(writer.definition(column, in: difference.after, constraints: false))")
            addCheck(column)
            addReference(column)
        }
        for (before, after) in change.altered { alter(before, after) }
        if change.changesKey, !change.after.key.isEmpty {
            alter(table, "ADD CONSTRAINT \(quoted(Name.key(table))) PRIMARY KEY (\(change.after.key.map(quoted).joined(separator: ", ")))")
        }
        indexes += change.addedIndexes
    }

    private mutating func alter(_ before: SchemaColumn, _ after: SchemaColumn) {
        let table = after.table, name = quoted(after.column)
        if before.type != after.type {
            if before.fallback != nil { alter(table, "ALTER COLUMN \(name) DROP DEFAULT") }
            let type = writer.type(of: after)
            alter(table, "ALTER COLUMN \(name) TYPE \(type) USING \(name)::\(type)")
        }
        if before.fallback != after.fallback || before.type != after.type {
            if let value = writer.fallback(of: after) {
                alter(table, "ALTER COLUMN \(name) SET DEFAULT \(value)")
            } else if before.fallback != nil, before.type == after.type {
                alter(table, "ALTER COLUMN \(name) DROP DEFAULT")
            }
        }
        if before.isNullable != after.isNullable {
            if !after.isNullable, let value = writer.fallback(of: after) {
                statements.append("UPDATE \(quoted(table)) SET \(name) = \(value) WHERE \(name) IS NULL;")
            }
            alter(table, "ALTER COLUMN \(name) \(after.isNullable ? "DROP" : "SET") NOT NULL")
        }
        if before.values != after.values || before.rules != after.rules {
            alter(table, "DROP CONSTRAINT IF EXISTS \(quoted(Name.check(table, after.column)))")
            addCheck(after)
        }
        if before.references != after.references || before.onDelete != after.onDelete {
            alter(table, "DROP CONSTRAINT IF EXISTS \(quoted(Name.reference(table, after.column)))")
            addReference(after)
        }
    }

    private mutating func addCheck(_ column: SchemaColumn) {
        guard let check = writer.check(of: column) else { return }
        let name = quoted(Name.check(column.table, column.column))
        alter(column.table, "ADD CONSTRAINT \(name) CHECK (\(check)) NOT VALID")
        validations.append("ALTER TABLE \(quoted(column.table)) VALIDATE CONSTRAINT \(name);")
    }

    /// - Parameter isChecked: Whether the table is new, so that there are no rows to check.
    private mutating func addReference(_ column: SchemaColumn, isChecked: Bool = false) {
        guard let reference = writer.reference(of: column, in: difference.after) else { return }
        let name = quoted(Name.reference(column.table, column.column))
        alter(
            column.table,
            "ADD CONSTRAINT \(name) FOREIGN KEY (\(quoted(column.column))) \(reference)" + (isChecked ? "" : " NOT VALID"))
        if !isChecked { validations.append("ALTER TABLE \(quoted(column.table)) VALIDATE CONSTRAINT \(name);") }
    }

    private mutating func alter(_ table: String, _ action: String) { statements.append("ALTER TABLE \(quoted(table)) \(action);") }
}
