import Roost

/// What a join returns of one of its models: a row, or with `leftJoin` a row or `nil`.
public protocol JoinedRow: Sendable {
    /// The columns of the model as expressions of a statement.
    associatedtype JoinedColumns: ModelColumns

    /// Reads the row from a result of a join.
    /// - Throws: A `DatabaseError` with the code `.column` if a column has a value of another type.
    init(joined row: inout RowReader) throws(DatabaseError)
}

extension Model {
    /// Reads the row from a result of a join.
    public init(joined row: inout RowReader) throws(DatabaseError) { try self.init(row: &row) }
}

extension Optional: JoinedRow where Wrapped: Model {
    /// The columns of the model. They are `NULL` if the join found no row of the model.
    public typealias JoinedColumns = Wrapped.Columns

    /// Reads the row if there is one, as the result says before it.
    public init(joined row: inout RowReader) throws(DatabaseError) {
        guard try row.next(Bool.self) else {
            for _ in Wrapped.table.columns { try row.skip() }
            self = .none
            return
        }
        self = try Wrapped(row: &row)
    }
}
