import Roost

/// The table of a model: what `@Model` knows about it.
public final class Table: Sendable {
    /// The name of the table.
    public let name: String
    /// The columns, in the order of the model's properties.
    public let columns: [TableColumn]
    /// The indexes over several columns.
    public let indexes: [TableIndex]

    let quotedName: String
    /// The names of all columns, separated by commas.
    let columnList: String
    /// The positions of the columns that identify a row.
    let keys: [Int]
    /// The position of the column that counts the changes of a row.
    let version: Int?
    /// The position of the column that tells when a row was deleted, in tables that keep deleted rows.
    let deletion: Int?
    /// The position of the column that tells when a row was last changed.
    let update: Int?

    /// Creates the description of a table.
    /// - Parameters:
    ///   - name: The name of the table.
    ///   - columns: The columns of each property, in order.
    ///   - indexes: The indexes over several columns.
    public init(_ name: String, _ columns: [[TableColumn]], indexes: [TableIndex] = []) {
        self.name = name
        self.columns = columns.flatMap { $0.separate }
        self.indexes = indexes + columns.compactMap(\.commonIndex)
        quotedName = Identifier.quoted(name)
        columnList = self.columns.map(\.quotedName).joined(separator: ", ")
        keys = self.columns.indices.filter { [columns = self.columns] in columns[$0].isKey }
        version = self.columns.firstIndex { $0.role == .version }
        deletion = self.columns.firstIndex { $0.role == .deleted }
        update = self.columns.firstIndex { $0.role == .updated }
    }

    /// Returns the column of a property that is stored as JSON.
    public static func json(_ name: String, isNullable: Bool = false) -> [TableColumn] {
        [TableColumn(name, .json, isNullable: isNullable)]
    }
}

extension Table {
    /// A column that is not `NULL` in any row, if there is one.
    var certainColumn: TableColumn { columns.first { $0.isKey } ?? columns.first { !$0.isNullable } ?? columns[0] }
}

/// A column of a table.
public struct TableColumn: Sendable {
    /// What the toolkit does with a column by itself.
    public enum Role: Hashable, Sendable {
        /// Nothing.
        case plain
        /// It counts the changes of a row, so that a change of an old copy is refused.
        case version
        /// It is when the row was last changed.
        case updated
        /// It is when the row was deleted; deleted rows are kept.
        case deleted
    }

    /// The name of the column.
    public let name: String
    /// The type of the column.
    public let type: ColumnType
    /// Whether the column may be `NULL`.
    public let isNullable: Bool
    /// The allowed texts, if not all are.
    public let allowedValues: [String]
    /// Whether the column is the primary key, or a part of it.
    public var isKey = false
    /// Whether no two rows have the same value.
    public var isUnique = false
    /// Whether rows are found by this column.
    public var isIndexed = false
    /// Whether the engine makes the value of a new row.
    public var isGenerated = false
    /// The value of the rows that exist when the column is added.
    public var fallback: SQLData?
    /// The table that the column refers to.
    public var reference: TableReference?
    /// The rules that values must keep.
    public var constraints: [JSONSchema.Constraint] = []
    /// The column's earlier name.
    public var formerName: String?
    /// What the toolkit does with the column by itself.
    public var role = Role.plain

    let quotedName: String

    /// Creates a column.
    public init(_ name: String, _ type: ColumnType, isNullable: Bool = false, allowedValues: [String] = []) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.allowedValues = allowedValues
        quotedName = Identifier.quoted(name)
    }
}

/// The table that a column refers to.
public struct TableReference: Sendable {
    /// What happens to a row if the row that it refers to is deleted.
    public enum Action: String, Hashable, Sendable {
        /// The deletion is refused.
        case restrict = "RESTRICT"
        /// The row is deleted as well.
        case cascade = "CASCADE"
        /// The column becomes `NULL`.
        case setNull = "SET NULL"
    }

    /// The table. It is asked for when it is needed, because tables can refer to each other.
    public let table: @Sendable () -> Table
    /// What happens to the row if the other one is deleted.
    public let onDelete: Action
}

/// An index over several columns.
public struct TableIndex: Hashable, Sendable {
    /// The names of the columns, in order.
    public let columns: [String]
    /// Whether no two rows have the same values.
    public let isUnique: Bool

    /// Creates an index over columns with these names.
    public init(_ columns: [String], isUnique: Bool = false) {
        self.columns = columns
        self.isUnique = isUnique
    }

    /// Creates an index over these columns.
    public init(over columns: [TableColumn], isUnique: Bool = false) { self.init(columns.map(\.name), isUnique: isUnique) }
}

/// A property that is stored in several columns is unique, or found, by all of them together.
extension [TableColumn] {
    /// The index over all columns of the property, if it has several.
    fileprivate var commonIndex: TableIndex? {
        guard count > 1, self[0].isUnique || self[0].isIndexed else { return nil }
        return TableIndex(over: self, isUnique: self[0].isUnique)
    }

    /// The columns as they are indexed one by one.
    fileprivate var separate: [TableColumn] {
        guard count > 1 else { return self }
        return changed { ($0.isUnique, $0.isIndexed) = (false, false) }
    }
}

/// What the attributes of a property say about its columns.
extension [TableColumn] {
    /// The columns are the primary key, or a part of it.
    public func key(isGenerated: Bool = false) -> [TableColumn] {
        changed {
            $0.isKey = true
            $0.isGenerated = isGenerated
        }
    }
    /// No two rows have the same value.
    public func unique() -> [TableColumn] { changed { $0.isUnique = true } }
    /// Rows are found by these columns.
    public func indexed() -> [TableColumn] { changed { $0.isIndexed = true } }
    /// The toolkit changes the column by itself.
    public func role(_ role: TableColumn.Role) -> [TableColumn] { changed { $0.role = role } }
    /// The column had another name.
    public func renamed(from name: String) -> [TableColumn] { changed { $0.formerName = name } }
    /// The column refers to the key of another table.
    public func references<Other: Model>(
        _ other: Other.Type, onDelete action: TableReference.Action = .restrict
    ) -> [TableColumn] {
        changed { $0.reference = TableReference(table: { Other.table }, onDelete: action) }
    }
    /// The rows that exist when the column is added get this value.
    public func fallback<Value: Storable>(_ value: Value) -> [TableColumn] {
        var bindings: [SQLData] = []
        value.bind(to: &bindings)
        var columns = self
        for (index, binding) in zip(indices, bindings) { columns[index].fallback = binding }
        return columns
    }
    /// Values must keep the rules of a schema.
    public func checked(_ change: (JSONSchema) -> JSONSchema) -> [TableColumn] {
        changed { column in
            if case .constrained(_, let constraints) = change(column.type == .text ? .string : .integer) {
                column.constraints += constraints
            }
        }
    }

    fileprivate func changed(_ change: (inout TableColumn) -> Void) -> [TableColumn] {
        map { column in
            var column = column
            change(&column)
            return column
        }
    }
}
