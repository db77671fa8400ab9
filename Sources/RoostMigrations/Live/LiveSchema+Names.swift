import RoostData

extension LiveSchema {
    /// Returns the same tables with their names and those of their columns written as a schema writes them. SQLite ignores the case of names,
    /// and PostgreSQL does not.
    func named(as schema: DatabaseSchema) -> LiveSchema {
        guard dialect.name == Dialect.sqlite.name else { return self }
        let tableNames = Self.spellings(schema.tableNames)
        func name(_ table: String) -> String { tableNames[table.lowercased()] ?? table }
        var renamed = LiveSchema(dialect: dialect)
        for (table, live) in tables {
            let columnNames = Self.spellings(schema.table(name(table))?.columns.map(\.column) ?? [])
            func columnName(_ column: String) -> String { columnNames[column.lowercased()] ?? column }
            var copy = LiveTable()
            for (column, var there) in live.columns {
                there.references = there.references.map(name)
                copy.columns[columnName(column)] = there
            }
            for var index in live.indexes {
                index.columns = index.columns.map(columnName)
                copy.indexes.append(index)
            }
            renamed.tables[name(table)] = copy
        }
        return renamed
    }

    /// Returns names by their forms in lowercase.
    private static func spellings(_ names: [String]) -> [String: String] {
        Dictionary(names.map { ($0.lowercased(), $0) }) { first, _ in first }
    }
}
