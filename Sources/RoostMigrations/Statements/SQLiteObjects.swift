import Roost
import RoostData

/// What a database on SQLite has beside what a schema describes. SQLite ignores the case of names.
struct SQLiteObjects {
    /// Something with a statement of its own: a view, an index with a condition, a trigger.
    struct Object {
        /// `view`, `index` or `trigger`.
        let kind: String
        let name: String
        let table: String
        let sql: String

        func mentions(_ name: String) -> Bool { mentions(any: [name]) }

        func isOf(_ table: String) -> Bool { self.table.lowercased() == table.lowercased() }

        func mentions(any names: some Sequence<String>) -> Bool {
            let words = SQLiteObjects.words(of: sql)
            return names.contains { words.contains($0.lowercased()) }
        }
    }

    /// The views, in the order of their creation.
    var views: [Object] = []
    /// The triggers, in the order of their creation.
    var triggers: [Object] = []
    /// The indexes that the schema does not describe.
    var indexes: [Object] = []
    /// The checks of each table, by its name in lowercase.
    private var checks: [String: [TableCheck]] = [:]
    /// The names of indexes that belong to a constraint of their table, and cannot be dropped without it.
    var impliedIndexes: Set<String> = []

    /// Adds the checks of a table.
    /// - Parameter sql: The statement that makes the table.
    mutating func addChecks(of table: String, in sql: String) { checks[table.lowercased()] = SQLText.checks(sql) }

    /// Returns the checks of a table.
    func checks(of table: String) -> [TableCheck] { checks[table.lowercased(), default: []] }

    /// Returns the views that depend on any of these tables, also by way of other views.
    func views(of tables: [String]) -> [Object] {
        var names = Set(tables.map { $0.lowercased() }), count = 0
        while names.count > count {
            count = names.count
            names.formUnion(views.filter { $0.mentions(any: names) }.map { $0.name.lowercased() })
        }
        return views.filter { names.contains($0.name.lowercased()) }
    }

    private static func words(of sql: String) -> Set<String> { Set(SQLText.plainWords(sql).map { $0.lowercased() }) }

    /// Whether something else than a column's own definition needs the column, so that SQLite refuses to drop it.
    func needs(_ column: SchemaColumn) -> Bool {
        let name = column.column, own = SchemaWriter(dialect: .sqlite).check(of: column).map(SQLText.plainWords)
        return (triggers + indexes).contains { $0.isOf(column.table) && $0.mentions(name) }
            || views.contains { $0.mentions(column.table) && $0.mentions(name) }
            || checks(of: column.table).contains { check in
                Self.words(of: check.condition).contains(name.lowercased())
                    && (check.isOfTable || SQLText.plainWords(check.condition) != own)
            }
    }

    /// Returns the conditions of a table's checks that a new table in its place has to keep: those that no schema describes, and that need no
    /// column which is dropped.
    func checks(of change: SchemaDifference.TableChange) -> [String] {
        let dropped = Set(change.dropped.map { $0.column.lowercased() })
        return undescribedChecks(of: change).filter { dropped.isDisjoint(with: Self.words(of: $0)) }
    }

    /// Returns the conditions of a table's checks that no schema describes, and that need a column which is dropped.
    func lostChecks(of change: SchemaDifference.TableChange) -> [(condition: String, column: SchemaColumn)] {
        undescribedChecks(of: change).compactMap { condition in
            let words = Self.words(of: condition)
            return change.dropped.first { words.contains($0.column.lowercased()) }.map { (condition, $0) }
        }
    }

    private func undescribedChecks(of change: SchemaDifference.TableChange) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        let described = Set((change.before.columns + change.after.columns).compactMap(writer.check).map(SQLText.plainWords))
        return checks(of: change.after.name).map(\.condition).filter { !described.contains(SQLText.plainWords($0)) }
    }
}
