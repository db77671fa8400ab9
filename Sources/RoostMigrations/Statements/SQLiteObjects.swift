import Roost
import RoostData

/// What a database on SQLite has beside what a schema describes.
struct SQLiteObjects {
    /// Something with a statement of its own: a view, an index with a condition, a trigger.
    struct Object {
        let name: String
        let table: String
        let sql: String

        func mentions(_ name: String) -> Bool { SQLText.plainWords(sql).contains(name) }

        func mentions(any names: [String]) -> Bool {
            let words = Set(SQLText.plainWords(sql))
            return names.contains(where: words.contains)
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

    /// Whether something that the schema does not describe needs a column.
    func mentions(_ column: String, of table: String) -> Bool {
        (triggers + indexes).contains { $0.table == table && $0.mentions(column) }
            || views.contains { $0.mentions(table) && $0.mentions(column) }
            || checks[table, default: []].contains { SQLText.plainWords($0).contains(column) }
    }

    /// Returns the checks of a table that a new one in its place has to keep: those that no schema describes, and that need no column which
    /// is dropped.
    func checks(of change: SchemaDifference.TableChange) -> [String] {
        let writer = SchemaWriter(dialect: .sqlite)
        let described = Set((change.before.columns + change.after.columns).compactMap(writer.check).map(SQLText.plainWords))
        let dropped = Set(change.dropped.map(\.column))
        return checks[change.after.name, default: []].filter { check in
            !described.contains(SQLText.plainWords(check)) && dropped.isDisjoint(with: SQLText.plainWords(check))
        }
    }
}
