import Roost

/// A type whose values can be the properties of a model: in one column, as every `SQLValue` is, or in several.
///
/// For an enum or an identifier with raw values, write `enum Status: String, SQLValue`. A struct that is stored in several columns is
/// marked `@ColumnGroup`. A property of any other type is stored as JSON, with `@JSON`, if the type is marked `@Schema`.
public protocol Storable: Sendable {
    /// The columns as expressions of a statement.
    associatedtype StoredColumns: ColumnExpressions

    /// Returns the expressions of the columns of a property.
    /// - Parameters:
    ///   - name: The name of the property's column, or the beginning of the names of its columns.
    ///   - source: The table that the columns belong to.
    static func storedColumns(_ name: String, of source: ColumnSource) -> StoredColumns

    /// Returns the columns of a property, for the table.
    /// - Parameter name: The name of the property's column, or the beginning of the names of its columns.
    static func tableColumns(_ name: String) -> [TableColumn]

    /// Reads the value from the next columns of a row.
    /// - Throws: A `DatabaseError` with the code `.column` if a column has a value of another type.
    init(row: inout RowReader) throws(DatabaseError)

    /// Appends the values of the columns.
    func bind(to bindings: inout [SQLData])
}

/// One or several columns as expressions of a statement.
public protocol ColumnExpressions: Sendable {
    /// The expressions, in the order of the columns.
    var nodes: [SQLNode] { get }
}

extension Expr: ColumnExpressions {
    /// The expression.
    public var nodes: [SQLNode] { [node] }
}

/// Every value of one column is stored in one column.
extension SQLValue {
    /// The column.
    public static func storedColumns(_ name: String, of source: ColumnSource) -> Expr<Self> {
        Expr(column: name, of: source)
    }

    /// The column, with the values that are allowed if there are few.
    public static func tableColumns(_ name: String) -> [TableColumn] {
        [TableColumn(name, columnType, isNullable: isOptional, allowedValues: allowedValues)]
    }

    /// Reads the value from the next column of a row.
    @inlinable public init(row: inout RowReader) throws(DatabaseError) { self = try row.next() }

    /// Appends the value.
    @inlinable public func bind(to bindings: inout [SQLData]) { bindings.append(sql) }

    /// The raw values of an enum's cases, if they are texts and known.
    private static var allowedValues: [String] {
        func raws<Cases: CaseIterable>(_ type: Cases.Type) -> [String] {
            type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        }
        return (Self.self as? any CaseIterable.Type).map { raws($0) } ?? []
    }
}

/// A column that holds a value as JSON.
public struct JSONColumn<Value: Schema>: ColumnExpressions {
    /// The column as a tree.
    public var node: SQLNode

    /// Creates the expression of a column.
    public init(_ name: String, of source: ColumnSource) {
        node = .column(ColumnReference(source: source, name: Identifier.quoted(name)))
    }

    /// The expression.
    public var nodes: [SQLNode] { [node] }

    /// Whether the column is `NULL`.
    public var isNull: Condition { Condition(.postfix(node, " IS NULL")) }

    /// Makes a change set the column to a value.
    public mutating func set(_ value: Value) { node = .binding(.text(JSON.text(value))) }
}
