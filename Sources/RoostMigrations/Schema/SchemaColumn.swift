public import Roost
import RoostData

/// A column in the schema of a database: one line of a migration's `schema.json`.
@Schema(omitsNil: true)
public struct SchemaColumn: Hashable {
    /// The table.
    public var table: String
    /// The column's name.
    public var column: String
    /// The type, such as `uuid`; each engine has a name of its own for it.
    public var type: String
    /// Whether the column may be `NULL`; left out if not.
    public var nullable: Bool?
    /// The position in the primary key, from 1.
    public var key: Int?
    /// Whether the engine makes the value of a new row; left out if not.
    public var generated: Bool?
    /// The allowed texts, if not all are.
    public var values: [String]?
    /// The rules that the engine checks, such as `length <= 40` or `value >= 0`.
    public var rules: [String]?
    /// The table that the column refers to, by that table's key.
    public var references: String?
    /// What happens to the row if the one that it refers to is deleted.
    public var onDelete: String?
    /// The value of a new row for which none is given.
    public var fallback: String?
}

/// An index in the schema of a database.
@Schema(omitsNil: true)
public struct SchemaIndex: Hashable {
    /// The table.
    public var table: String
    /// The index's name.
    public var index: String
    /// The columns, in order.
    public var columns: [String]
    /// Whether no two rows have the same values; left out if not.
    public var unique: Bool?
}

extension SchemaIndex {
    /// Creates an index with the name that PostgreSQL would choose.
    init(_ table: String, _ columns: [String], isUnique: Bool) {
        self.init(table: table, index: "", columns: columns, unique: isUnique ? true : nil)
        index = usualName
    }

    /// The name that PostgreSQL would choose.
    var usualName: String { Name.limited(([table] + columns + [isUnique ? "key" : "idx"]).joined(separator: "_")) }

    var isUnique: Bool { unique ?? false }

    /// Whether two indexes do the same, whatever their names.
    func isEquivalent(to other: SchemaIndex) -> Bool {
        table == other.table && columns == other.columns && isUnique == other.isUnique
    }
}

extension SchemaColumn {
    var isNullable: Bool { nullable ?? false }

    /// The type; `nil` if this version of the toolkit does not know it.
    var columnType: ColumnType? { ColumnType.named[type] }

    /// Whether the engine checks values of the column.
    var isChecked: Bool { values != nil || rules != nil }
}

extension ColumnType {
    static let named: [String: ColumnType] = [
        "boolean": .boolean, "integer": .integer, "real": .real, "text": .text, "blob": .blob, "uuid": .uuid, "time": .time, "json": .json,
    ]

    /// The type in `schema.json`.
    var schemaName: String { "\(self)" }
}

/// Names of indexes and constraints.
enum Name {
    /// PostgreSQL cuts off names of more than 63 bytes (NAMEDATALEN).
    static func limited(_ name: String) -> String {
        guard name.utf8.count > 63 else { return name }
        return String(decoding: name.utf8.prefix(46), as: UTF8.self) + "_" + String(FNV1a.hash(name.utf8), radix: 16)
    }

    static func check(_ table: String, _ column: String) -> String { limited("\(table)_\(column)_check") }
    static func reference(_ table: String, _ column: String) -> String { limited("\(table)_\(column)_fkey") }
    static func key(_ table: String) -> String { limited("\(table)_pkey") }
}
