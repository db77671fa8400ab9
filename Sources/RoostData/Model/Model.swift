import Roost

/// A row of a table as a plain value, made by `@Model`.
public protocol Model: JoinedRow where JoinedColumns == Columns {
    /// The columns as expressions of a statement.
    associatedtype Columns: ModelColumns

    /// The table.
    static var table: Table { get }

    /// The columns of the table if it is the only one of a query.
    static var columns: Columns { get }

    /// Reads a row, whose columns are those of the table in order.
    /// - Throws: A `DatabaseError` with the code `.column` if a column has a value of another type, or `.unknownValue` if a newer version
    ///   of the program wrote it.
    init(row: inout RowReader) throws(DatabaseError)

    /// Appends the values of all columns, in order.
    func bind(to bindings: inout [SQLData])
}

/// A model whose rows are identified by one column.
public protocol KeyedModel: Model {
    /// The type of the key.
    associatedtype ID: SQLValue & Hashable

    /// The column that identifies a row.
    static func key(_ columns: Columns) -> Expr<ID>

    /// Identifies the row.
    var key: ID { get }
}

/// The columns of a model as expressions of a statement.
public protocol ModelColumns: ColumnExpressions {
    /// Creates the columns of a table of a query.
    /// - Parameter source: The table.
    init(of source: ColumnSource)
}
