import Roost
import RoostData

/// What a database on SQLite has beside what a schema describes. SQLite ignores the case of names.
struct SQLiteObjects {
    /// Something with a statement of its own: a table, a view, an index, a trigger.
    struct Object: Hashable {
        /// `table`, `view`, `index` or `trigger`.
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

    /// The tables, in the order of their creation.
    var tables: [Object] = []
    /// The views, in the order of their creation.
    var views: [Object] = []
    /// The triggers, in the order of their creation.
    var triggers: [Object] = []
    /// The indexes that the schema does not describe.
    var indexes: [Object] = []
    /// The indexes that the schema describes, unless they belong to a constraint.
    var describedIndexes: [Object] = []
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

    private static func words(of sql: String) -> Set<String> { Set(SQLText.plainWords(sql)) }

    /// Returns the conditions of a table's checks that no schema describes, which a new table in its place has to keep.
    func undescribedChecks(of change: SchemaDifference.TableChange) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        let described = (change.before.columns + change.after.columns).compactMap { column in
            writer.check(of: column).map { (column: column.column.lowercased(), words: SQLText.plainWords($0)) }
        }
        return checks(of: change.after.name).filter { check in
            let words = SQLText.plainWords(check.condition)
            return !described.contains { $0.words == words && [nil, $0.column].contains(check.column) }
        }.map(\.condition)
    }
}
