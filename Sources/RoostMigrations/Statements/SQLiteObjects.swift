import Roost
import RoostData

/// What a database on SQLite has beside what a schema describes.
struct SQLiteObjects {
    /// Something with a statement of its own: a view, an index with a condition, a trigger.
    struct Object {
        let name: String
        let table: String
        let sql: String

        func mentions(_ name: String) -> Bool { mentions(any: [name]) }

        /// SQLite ignores the case of names.
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
    /// The conditions of the checks of each table.
    var checks: [String: [String]] = [:]
    /// The names of indexes that belong to a constraint of their table, and cannot be dropped without it.
    var impliedIndexes: Set<String> = []

    /// Returns the views that depend on any of these tables, also by way of other views.
    func views(of tables: [String]) -> [Object] {
        var names = Set(tables), count = 0
        while names.count > count {
            count = names.count
            names.formUnion(views.filter { $0.mentions(any: names) }.map(\.name))
        }
        return views.filter { names.contains($0.name) }
    }

    private static func words(of sql: String) -> Set<String> { Set(SQLText.plainWords(sql).map { $0.lowercased() }) }

    /// Whether something that the schema does not describe needs a column.
    func mentions(_ column: String, of table: String) -> Bool {
        (triggers + indexes).contains { $0.table == table && $0.mentions(column) }
            || views.contains { $0.mentions(table) && $0.mentions(column) }
            || checks[table, default: []].contains { Self.words(of: $0).contains(column.lowercased()) }
    }

    /// Returns the checks of a table that a new one in its place has to keep: those that no schema describes, and that need no column which
    /// is dropped.
    func checks(of change: SchemaDifference.TableChange) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        let described = Set((change.before.columns + change.after.columns).compactMap(writer.check).map(SQLText.plainWords))
        let dropped = Set(change.dropped.map { $0.column.lowercased() })
        return checks[change.after.name, default: []].filter { check in
            !described.contains(SQLText.plainWords(check)) && dropped.isDisjoint(with: Self.words(of: check))
        }
    }
}
