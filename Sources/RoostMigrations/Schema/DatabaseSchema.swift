import RoostData

/// The tables of a database's models, as they are after a migration.
public struct DatabaseSchema: Sendable {
    /// The columns.
    public var columns: [SchemaColumn]
    /// The indexes.
    public var indexes: [SchemaIndex]

    /// Creates a schema.
    public init(columns: [SchemaColumn] = [], indexes: [SchemaIndex] = []) {
        self.columns = columns
        self.indexes = indexes
    }

    /// The names of the tables, in the order of their first columns.
    var tableNames: [String] {
        var seen: Set<String> = []
        return columns.map(\.table).filter { seen.insert($0).inserted }
    }

    /// Returns a table, or `nil` if the schema does not have it.
    func table(_ name: String) -> SchemaTable? {
        let columns = columns.filter { $0.table == name }
        return columns.isEmpty ? nil : SchemaTable(name: name, columns: columns, indexes: indexes.filter { $0.table == name })
    }

    /// The schema in the order of `schema.json`.
    var sorted: DatabaseSchema {
        DatabaseSchema(
            columns: columns.sorted { ($0.table, $0.column) < ($1.table, $1.column) },
            indexes: indexes.sorted { ($0.table, $0.index) < ($1.table, $1.index) })
    }
}

extension DatabaseSchema: Equatable {
    /// Returns whether two schemas have the same columns and indexes, in any order.
    public static func == (left: DatabaseSchema, right: DatabaseSchema) -> Bool {
        Set(left.columns) == Set(right.columns) && Set(left.indexes) == Set(right.indexes)
    }
}

/// A table of a schema.
struct SchemaTable {
    var name: String
    var columns: [SchemaColumn]
    var indexes: [SchemaIndex]

    /// The names of the columns of the primary key, in order.
    var key: [String] { columns.filter { $0.key != nil }.sorted { ($0.key ?? 0) < ($1.key ?? 0) }.map(\.column) }

    func column(_ name: String) -> SchemaColumn? { columns.first { $0.column == name } }
}
