import RoostData

extension LiveSchema {
    /// Returns how a database differs from a schema, one line each: tables, columns, types, keys, references and indexes. The
    /// conditions of checks and the defaults of columns are not compared.
    func differences(from schema: DatabaseSchema) -> [String] {
        let tables = named(as: schema).tables
        return schema.tableNames.flatMap { name -> [String] in
            guard let wanted = schema.table(name) else { return [] }
            guard let live = tables[name] else { return ["the table \(name) is missing"] }
            return columns(of: wanted, in: live) + indexes(of: wanted, in: live)
        }
    }

    private func columns(of wanted: SchemaTable, in live: LiveTable) -> [String] {
        let missing = wanted.columns.flatMap { column -> [String] in
            let name = "\(wanted.name).\(column.column)"
            guard let there = live.columns[column.column] else { return ["the column \(name) is missing"] }
            return differences(of: there, from: column, named: name)
        }
        let extra = live.columns.keys.filter { wanted.column($0) == nil }.sorted()
        return missing + extra.map { "the column \(wanted.name).\($0) is not in the schema" }
    }

    private func differences(of live: LiveColumn, from column: SchemaColumn, named name: String) -> [String] {
        var lines: [String] = []
        let type = SchemaWriter(dialect: dialect).type(of: column)
        if Self.normalized(live.type) != Self.normalized(type) { lines.append("the column \(name) is \(live.type) instead of \(type)") }
        if live.isNullable != column.isNullable {
            lines.append("the column \(name) \(live.isNullable ? "may" : "may not") be NULL")
        }
        if live.key != column.key { lines.append("the column \(name) is \(live.key == nil ? "no" : "a") part of the primary key") }
        if live.references != column.references {
            lines.append("the column \(name) refers to \(live.references ?? "no table") instead of \(column.references ?? "none")")
        }
        return lines
    }

    private func indexes(of wanted: SchemaTable, in live: LiveTable) -> [String] {
        let missing = wanted.indexes.filter { index in !live.indexes.contains { $0.isEquivalent(to: index) } }.map {
            "\(wanted.name) has no \($0.isUnique ? "unique " : "")index over \($0.columns.joined(separator: ", "))"
        }
        let extra = live.indexes.filter { index in !wanted.indexes.contains(where: index.isEquivalent) }
        return missing + extra.map { "the index \($0.name) of \(wanted.name) is not in the schema" } + disorder(of: wanted, in: live)
    }

    /// Returns the indexes that sort `NULL` differently from queries, which cannot use their order. The index of a constraint cannot be told
    /// how to sort.
    private func disorder(of wanted: SchemaTable, in live: LiveTable) -> [String] {
        wanted.indexes.compactMap { index in
            let same = live.indexes.filter { $0.isEquivalent(to: index) }
            let order = index.columns.map { wanted.column($0)?.isNullable ?? false }
            guard let first = same.first, !same.contains(where: { $0.isImplied || [[], order].contains($0.sortsNullFirst) }) else {
                return nil
            }
            let columns = zip(index.columns, order).map { $1 ? "\($0) NULLS FIRST" : $0 }.joined(separator: ", ")
            return "the index \(first.name) of \(wanted.name) does not sort NULL as queries do: replace it with one over (\(columns))"
        }
    }

    /// Returns one name for types that are the same to the engine.
    private static func normalized(_ type: String) -> String {
        let type = type.lowercased()
        // To SQLite, both are integers of up to 64 bits.
        if type == "integer" { return "bigint" }
        let names = ["timestamp with time zone": "timestamptz", "int8": "bigint", "bool": "boolean", "float8": "double precision"]
        return names[type] ?? type
    }
}

extension LiveSchema {
    /// Returns the part of a schema that the database has already, so that the first migration which is made from models adopts the tables
    /// of hand-written ones. Defaults are taken as the models have them: they matter only when a column is added.
    /// - Parameters:
    ///   - schema: The schema.
    ///   - objects: The checks of each table.
    func adopted(by schema: DatabaseSchema, with objects: SQLiteObjects) -> DatabaseSchema {
        var adopted = DatabaseSchema()
        let tables = named(as: schema).tables
        for name in schema.tableNames {
            guard let wanted = schema.table(name), let live = tables[name] else { continue }
            for (column, there) in live.columns.sorted(by: { $0.key < $1.key }) {
                var known = wanted.column(column) ?? SchemaColumn(table: name, column: column, type: Self.plainType(there.type))
                let isSame = Self.normalized(SchemaWriter(dialect: dialect).type(of: known)) == Self.normalized(there.type)
                if !isSame { known.type = Self.plainType(there.type) }
                known.nullable = there.isNullable ? true : nil
                known.key = there.key
                if known.references != there.references { known.onDelete = nil }
                known.references = there.references
                if !isSame || !Self.has(known, in: objects.checks(of: name), dialect) { (known.values, known.rules) = (nil, nil) }
                if !isSame { known.fallback = nil }
                adopted.columns.append(known)
            }
            for index in live.indexes {
                let named = SchemaIndex(name, index.columns, isUnique: index.isUnique)
                let isNamed = !index.name.hasPrefix("sqlite_autoindex")
                let known = SchemaIndex(
                    table: name, index: isNamed ? index.name : named.index, columns: index.columns, unique: index.isUnique ? true : nil)
                if !adopted.indexes.contains(where: { $0.isEquivalent(to: known) }) { adopted.indexes.append(known) }
            }
        }
        return adopted
    }

    /// Returns whether the check of a column is among those of its table.
    private static func has(_ column: SchemaColumn, in checks: [TableCheck], _ dialect: Dialect) -> Bool {
        guard let check = SchemaWriter(dialect: dialect).check(of: column) else { return true }
        return checks.contains {
            [nil, column.column.lowercased()].contains($0.column) && SQLText.plainWords($0.condition) == SQLText.plainWords(check)
        }
    }

    /// Returns the type in `schema.json` for a type of SQLite, by its affinity (https://www.sqlite.org/datatype3.html, §3.1).
    private static func plainType(_ type: String) -> String {
        let type = type.uppercased()
        if type.contains("INT") { return "integer" }
        if type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT") { return "text" }
        return type.isEmpty || type.contains("BLOB") ? "blob" : "real"
    }
}
