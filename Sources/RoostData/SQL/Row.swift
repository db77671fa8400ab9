import Roost

/// One row of a result.
public struct Row: Sendable {
    public let columns: [String]
    public let values: [SQLData]

    public init(columns: [String], values: [SQLData]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column.
    /// - Throws: a `DatabaseError` with the code `.column` where there is no such column or it holds something else.
    public func get<Value: SQLValue>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        guard let index = columns.firstIndex(of: column) else {
            throw DatabaseError(.column, "the row has no column \(column), only \(columns.joined(separator: ", "))")
        }
        guard let value = Value(sql: values[index]) else {
            throw DatabaseError(.column, "the column \(column) holds no \(Value.self)")
        }
        return value
    }

    /// The value of a column that holds JSON text.
    /// - Throws: a `DatabaseError` with the code `.column` where it does not hold such a value.
    public func get<Value: Schema>(json column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        let text = try get(column, as: String.self)
        do {
            return try JSON.decode(Value.self, from: Array(text.utf8))
        } catch {
            throw DatabaseError(.column, "the column \(column) holds no \(Value.self): \(error.problem)")
        }
    }
}
