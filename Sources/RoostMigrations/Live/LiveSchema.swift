import Roost
public import RoostData

/// The tables of a database, as its engine describes them.
public struct LiveSchema: Sendable {
    /// A table.
    struct LiveTable: Sendable {
        var columns: [String: LiveColumn] = [:]
        var indexes: [LiveIndex] = []
    }

    /// A column, with the engine's own name of its type.
    struct LiveColumn: Sendable {
        var type: String
        var isNullable: Bool
        var key: Int?
        var references: String?
    }

    /// An index over columns.
    struct LiveIndex: Sendable {
        var name: String
        var columns: [String]
        var isUnique: Bool
        /// Whether a constraint of the table has it, so that it cannot be dropped alone.
        var isImplied: Bool
        /// Whether each column's `NULL` is sorted as the smallest value; empty if the engine does so always, or the index is not sorted.
        var sortsNullFirst: [Bool] = []

        /// Returns whether the index does the same as one of a schema, whatever their names.
        func isEquivalent(to index: SchemaIndex) -> Bool { columns == index.columns && isUnique == index.isUnique }
    }

    var tables: [String: LiveTable] = [:]
    let dialect: Dialect

    /// Returns the tables of a database, without those of the toolkit.
    /// - Throws: A `DatabaseError` if the engine's catalog cannot be read.
    public static func read(from database: some Querying) async throws -> LiveSchema {
        var schema = LiveSchema(dialect: database.dialect)
        let isPostgres = database.dialect.name == Dialect.postgres.name
        for row in try await database.query(isPostgres ? PostgresCatalog.columns : SQLiteCatalog.columns) {
            let table: String = try row.get("tab"), key: Int = try row.get("pk")
            schema.tables[table, default: LiveTable()].columns[try row.get("col")] = LiveColumn(
                type: try row.get("typ"), isNullable: try row.get("is_nullable", as: Bool.self) && key == 0, key: key == 0 ? nil : key)
        }
        for row in try await database.query(isPostgres ? PostgresCatalog.references : SQLiteCatalog.references) {
            schema.tables[try row.get("tab")]?.columns[try row.get("col")]?.references = try row.get("other")
        }
        for row in try await database.query(isPostgres ? PostgresCatalog.indexes : SQLiteCatalog.indexes) {
            let table: String = try row.get("tab"), name: String = try row.get("idx"), column: String = try row.get("col")
            var indexes = schema.tables[table]?.indexes ?? []
            if indexes.last?.name != name {
                indexes.append(LiveIndex(name: name, columns: [], isUnique: try row.get("is_unique"), isImplied: try row.get("is_implied")))
            }
            indexes[indexes.count - 1].columns.append(column)
            if isPostgres, let first = try row.get("nulls_first", as: Bool?.self) {
                indexes[indexes.count - 1].sortsNullFirst.append(first)
            }
            schema.tables[table]?.indexes = indexes
        }
        schema.tables = schema.tables.filter { !$0.key.hasPrefix("roost_") }
        return schema
    }
}

/// The queries that read SQLite's catalog (https://www.sqlite.org/pragma.html).
enum SQLiteCatalog {
    static let columns: SQL = """
        SELECT t.name AS tab, c.name AS col, c.type AS typ, c."notnull" = 0 AS is_nullable, c.pk AS pk
        FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, c.cid
        """
    static let references: SQL = """
        SELECT t.name AS tab, r."from" AS col, r."table" AS other
        FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS r WHERE t.type = 'table' ORDER BY t.name, r.id
        """
    static let indexes: SQL = """
        SELECT t.name AS tab, i.name AS idx, c.name AS col, i."unique" AS is_unique, i.origin <> 'c' AS is_implied
        FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c
        WHERE t.type = 'table' AND i.origin <> 'pk' AND i.partial = 0 AND c.name IS NOT NULL ORDER BY t.name, i.name, c.seqno
        """

    /// Reads what a database has beside what a schema describes.
    static func objects(of database: some Querying, beside schema: DatabaseSchema) async throws -> SQLiteObjects {
        let rows = try await database.query(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' ORDER BY rowid")
        var objects = SQLiteObjects()
        let described = Set(schema.indexes.map { $0.index.lowercased() })
        for row in rows {
            let name: String = try row.get("name"), kind: String = try row.get("type")
            let object = SQLiteObjects.Object(kind: kind, name: name, table: try row.get("tbl_name"), sql: try row.get("sql"))
            // Views and triggers written by hand may use the toolkit's tables.
            let isOfToolkit = name.hasPrefix("roost_")
            switch kind {
            case "table": objects.tables.append(object)
            case "view" where !isOfToolkit: objects.views.append(object)
            case "trigger" where !isOfToolkit: objects.triggers.append(object)
            case "index" where described.contains(name.lowercased()): objects.describedIndexes.append(object)
            case "index" where !isOfToolkit: objects.indexes.append(object)
            default: break
            }
            if kind == "table" { objects.addChecks(of: name, in: object.sql) }
        }
        let live = try await LiveSchema.read(from: database).named(as: schema)
        for table in schema.tableNames {
            for index in live.tables[table]?.indexes ?? [] where index.isImplied {
                let same = schema.indexes.first { $0.table == table && index.isEquivalent(to: $0) }
                if let same { objects.impliedIndexes.insert(same.index) }
            }
        }
        return objects
    }
}

/// The queries that read PostgreSQL's catalog (https://www.postgresql.org/docs/current/catalogs.html).
enum PostgresCatalog {
    static let columns: SQL = """
        SELECT CAST(c.relname AS text) AS tab, CAST(a.attname AS text) AS col, format_type(a.atttypid, a.atttypmod) AS typ, NOT a.attnotnull AS is_nullable,
            coalesce(array_position(k.conkey, a.attnum), 0) AS pk
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum
        """
    static let references: SQL = """
        SELECT CAST(c.relname AS text) AS tab, CAST(a.attname AS text) AS col, CAST(o.relname AS text) AS other
        FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS o ON o.oid = k.confrelid
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND c.relnamespace = current_schema()::regnamespace ORDER BY k.conname
        """
    static let indexes: SQL = """
        SELECT CAST(c.relname AS text) AS tab, CAST(n.relname AS text) AS idx, CAST(a.attname AS text) AS col, i.indisunique AS is_unique,
            EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype = 'u') AS is_implied,
            CASE WHEN m.amname = 'btree' THEN ((i.indoption::int2[])[u.position - 1] & 2 <> 0) <> ((i.indoption::int2[])[u.position - 1] & 1 <> 0) END AS nulls_first
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_class AS n ON n.oid = i.indexrelid
        JOIN pg_am AS m ON m.oid = n.relam
        CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS u (number, position)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.number
        WHERE NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid
            AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, n.relname, u.position
        """
}
