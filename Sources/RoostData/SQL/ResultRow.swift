import Roost

/// One row of a result.
public struct ResultRow: Sendable {
    /// The names of the columns, in the order of the result.
    public let columns: [String]
    /// The values, in the order of the columns.
    public let values: [SQLData]

    /// Creates a row, as drivers do.
    /// - Parameters:
    ///   - columns: The names of the columns.
    ///   - values: As many values as there are columns.
    public init(columns: [String], values: [SQLData]) {
        self.columns = columns
        self.values = values
    }

    /// Copies the rest of a row.
    package init(_ reader: inout RowReader) throws(DatabaseError) {
        columns = reader.names
        var values: [SQLData] = []
        values.reserveCapacity(columns.count)
        for _ in columns { values.append(try reader.data()) }
        self.values = values
    }

    /// Returns the value of a column.
    /// - Throws: A `DatabaseError` with the code `.column` if there is no such column or it has a value of another type.
    public func get<Value: SQLValue>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        guard let value = Value(sql: try data(of: column)) else { throw mismatch(column, Value.self) }
        return value
    }

    private func data(of column: String) throws(DatabaseError) -> SQLData {
        guard let index = columns.firstIndex(of: column) else {
            throw DatabaseError(.column, "the row has no column \(column), only \(columns.joined(separator: ", "))")
        }
        return values[index]
    }

    private func mismatch<Value>(_ column: String, _ type: Value.Type) -> DatabaseError {
        DatabaseError(.column, "the column \(column) has no value of the type \(Value.self)")
    }

    /// Returns the value of a column that contains JSON text.
    /// - Throws: A `DatabaseError` with the code `.column` if the column does not contain such a value.
    public func get<Value: Schema>(json column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        let text = try get(column, as: String.self)
        do {
            return try JSON.decode(Value.self, from: Array(text.utf8))
        } catch {
            throw DatabaseError(.column, "the column \(column) has no value of the type \(Value.self): \(error.problem)")
        }
    }
}

/// Enums and typed identifiers are read by their raw values.
extension ResultRow {
    /// Returns the value of a column that contains the raw value of an enum or a typed identifier.
    /// - Throws: A `DatabaseError` with the code `.column` if there is no such column or it has a value of another type, or with
    ///   `.unknownValue` if no case has the raw value, which a newer version may have written. Never treat it as a known one.
    @_disfavoredOverload
    public func get<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value
    where Value.RawValue: SQLValue {
        try value(of: data(of: column), in: column)
    }

    /// Returns the value of a column that contains a raw value or `NULL`.
    /// - Throws: The same errors as for a column without `NULL`.
    @_disfavoredOverload
    public func get<Value: RawRepresentable>(_ column: String, as type: Value?.Type = Value?.self) throws(DatabaseError) -> Value?
    where Value.RawValue: SQLValue {
        let data = try data(of: column)
        return data == .null ? nil : try value(of: data, in: column)
    }

    private func value<Value: RawRepresentable>(of data: SQLData, in column: String) throws(DatabaseError) -> Value
    where Value.RawValue: SQLValue {
        guard let raw = Value.RawValue(sql: data) else { throw mismatch(column, Value.self) }
        guard let value = Value(rawValue: raw) else {
            throw DatabaseError(
                .unknownValue, "the column \(column) has the value \(raw), which is not a \(Value.self) that this version knows")
        }
        return value
    }
}

/// Messages that tell what to write if no other `get` fits.
extension ResultRow {
    /// Refuses to read a column without a type, with a message that says which types there are.
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "name the column's type, as in row.get(\"name\", as: String.self): a String, Int, Double, Bool, Date, UUID, bytes, or a type with such a rawValue; for JSON, use get(json:)"
    )
    public func get(_ column: String) throws(DatabaseError) -> SQLData { try data(of: column) }

    /// Refuses to read a column as a type that no column holds, with a message that says which types there are.
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "name the column's type, as in row.get(\"name\", as: String.self): a String, Int, Double, Bool, Date, UUID, bytes, or a type with such a rawValue; for JSON, use get(json:)"
    )
    public func get<Value>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        throw mismatch(column, Value.self)
    }

    /// Refuses to read JSON without a type.
    @_disfavoredOverload
    @available(*, unavailable, message: "name the column's type, as in row.get(json: \"name\", as: Thing.self): a type marked @Schema")
    public func get(json column: String) throws(DatabaseError) -> SQLData { try data(of: column) }

    /// Refuses to read JSON as a type without a schema.
    @_disfavoredOverload
    @available(*, unavailable, message: "name the column's type, as in row.get(json: \"name\", as: Thing.self): a type marked @Schema")
    public func get<Value>(json column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        throw mismatch(column, Value.self)
    }
}
