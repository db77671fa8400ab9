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
    /// The indexes that sort `NULL` elsewhere now, each of which is built under a temporary name before it takes the old one's place.
    private(set) var reorderedIndexes: [SchemaIndex] = []
    /// The references that are added when all tables and keys are as they will be, and whether there are no rows to check.
    private var references: [(column: SchemaColumn, isChecked: Bool)] = []

    /// - Parameters:
    ///   - difference: The change.
    ///   - views: The views that do not work after it, in the order of their creation.
    init(_ difference: SchemaDifference, without views: [String] = []) {
        self.difference = difference
        for step in difference.steps { add(step) }
        statements += views.reversed().map { "DROP VIEW IF EXISTS \(quoted($0));" }
        changeTypes()
        create()
        for change in difference.changed { add(change) }
        for (column, isChecked) in references { addReference(column, isChecked: isChecked) }
        drop()
    }

    /// All statements, for a step back, which is not made while others use the tables.
    var everything: [String] {
        let writer = writer, after = difference.after
        return statements + validations + indexes.map { writer.creation(of: $0, in: after) }
            + reorderedIndexes.flatMap { Self.drop($0) + [writer.creation(of: $0, in: after)] }
    }

    /// Returns the name of an index while it is built in place of another.
    static func temporaryName(of index: SchemaIndex) -> String { Name.limited("roost_new_\(index.index)") }

    /// Returns the statements by which an index takes the old one's place.
    static func exchange(_ index: SchemaIndex) -> [String] {
        drop(index) + ["ALTER INDEX \(SchemaWriter.quoted(temporaryName(of: index))) RENAME TO \(SchemaWriter.quoted(index.index));"]
    }

    /// Returns the statements that drop an index, which may belong to a constraint if it is unique.
    private static func drop(_ index: SchemaIndex) -> [String] {
        let name = SchemaWriter.quoted(index.index)
        let constraint = "ALTER TABLE \(SchemaWriter.quoted(index.table)) DROP CONSTRAINT IF EXISTS \(name);"
        return (index.isUnique ? [constraint] : []) + ["DROP INDEX IF EXISTS \(name);"]
    }

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
        let body = """
            BEGIN
                IF EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = CAST(\(relation) AS regclass) AND conname = \(SchemaWriter.literal(old))) THEN
                    ALTER TABLE \(quoted(table)) RENAME CONSTRAINT \(quoted(old)) TO \(quoted(new));
                END IF;
            END
            """
        // A name may have the same characters as the quotation marks.
        var number = 0, tag = "$$"
        while body.contains(tag) {
            number += 1
            tag = "$roost_\(number)$"
        }
        statements.append("DO \(tag) \(body) \(tag);")
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
                dropConstraint(Name.reference(column.table, column.column), of: column.table)
            }
            statements.append("DROP TABLE \(quoted(table.name));")
        }
    }

    private mutating func create() {
        var later = Set(difference.created.map(\.name) + difference.changed.filter(\.changesKey).map(\.after.name))
        for table in difference.created {
            later.remove(table.name)
            statements.append(writer.creation(of: table, in: difference.after, before: later))
            references += table.columns.filter { $0.references.map(later.contains) ?? false }.map { ($0, true) }
            statements += table.indexes.map { writer.creation(of: $0, in: difference.after) }
        }
    }

    /// Changes types, without the checks, defaults and foreign keys that compare the columns with values of the old type.
    private mutating func changeTypes() {
        let loose = difference.looseReferences
        for column in loose { dropConstraint(Name.reference(column.table, column.column), of: column.table) }
        for (before, after) in difference.retyped {
            let name = quoted(after.column), type = writer.type(of: after)
            if before.isChecked { dropConstraint(Name.check(after.table, after.column), of: after.table) }
            if before.fallback != nil { alter(after.table, "ALTER COLUMN \(name) DROP DEFAULT") }
            alter(after.table, "ALTER COLUMN \(name) TYPE \(type) USING \(after.postgresConversion(name, from: before) ?? name)")
        }
        let paths = Set(loose.map(\.path))
        references += difference.after.columns.filter { $0.references != nil && paths.contains($0.path) }.map { ($0, false) }
    }

    private mutating func add(_ change: SchemaDifference.TableChange) {
        let table = change.after.name
        statements += change.droppedIndexes.flatMap(Self.drop)
        if change.changesKey, !change.before.key.isEmpty { dropConstraint(Name.key(table), of: table) }
        for column in change.dropped { alter(table, "DROP COLUMN \(quoted(column.column))") }
        for column in change.added {
            alter(table, "ADD COLUMN \(writer.definition(column, in: difference.after, constraints: false))")
            addCheck(column)
            references.append((column, false))
        }
        for (before, after) in change.altered { alter(before, after) }
        if change.changesKey, !change.after.key.isEmpty {
            alter(table, "ADD CONSTRAINT \(quoted(Name.key(table))) PRIMARY KEY (\(change.after.key.map(quoted).joined(separator: ", ")))")
        }
        indexes += change.addedIndexes
        reorderedIndexes += change.reorderedIndexes
    }

    private mutating func alter(_ before: SchemaColumn, _ after: SchemaColumn) {
        let table = after.table, name = quoted(after.column)
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
        let isRetyped = before.type != after.type
        if before.values != after.values || before.rules != after.rules || isRetyped && after.isChecked {
            if !isRetyped { dropConstraint(Name.check(table, after.column), of: table) }
            addCheck(after)
        }
        let isLoose = references.contains { $0.column.path == after.path }
        if !isLoose, before.references != after.references || before.onDelete != after.onDelete {
            dropConstraint(Name.reference(table, after.column), of: table)
            references.append((after, false))
        }
    }

    private mutating func dropConstraint(_ name: String, of table: String) {
        alter(table, "DROP CONSTRAINT IF EXISTS \(quoted(name))")
    }

    private mutating func addCheck(_ column: SchemaColumn) {
        guard let check = writer.check(of: column) else { return }
        let name = quoted(Name.check(column.table, column.column))
        alter(column.table, "ADD CONSTRAINT \(name) CHECK (\(check)) NOT VALID")
        validations.append("ALTER TABLE \(quoted(column.table)) VALIDATE CONSTRAINT \(name);")
    }

    /// - Parameter isChecked: Whether the table is new, so that there are no rows to check.
    private mutating func addReference(_ column: SchemaColumn, isChecked: Bool) {
        guard let reference = writer.reference(of: column, in: difference.after) else { return }
        let name = quoted(Name.reference(column.table, column.column))
        alter(
            column.table,
            "ADD CONSTRAINT \(name) FOREIGN KEY (\(quoted(column.column))) \(reference)" + (isChecked ? "" : " NOT VALID"))
        if !isChecked { validations.append("ALTER TABLE \(quoted(column.table)) VALIDATE CONSTRAINT \(name);") }
    }

    private mutating func alter(_ table: String, _ action: String) { statements.append("ALTER TABLE \(quoted(table)) \(action);") }
}
