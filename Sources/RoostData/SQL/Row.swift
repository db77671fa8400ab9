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
        DatabaseError(.column, "the column \(column) holds no \(Value.self)")
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

/// Enums and typed identifiers, by their raw values.
extension Row {
    /// The value of a column that holds a raw value: of an enum, or of a typed identifier.
    /// - Throws: a `DatabaseError` with the code `.column` where there is no such column or it holds something else, and with
    ///   `.unknownValue` where no case has that raw value: what a newer version may have written. Never take a known one for it.
    @_disfavoredOverload
    public func get<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value
    where Value.RawValue: SQLValue {
        try value(of: data(of: column), in: column)
    }

    /// The value of a column that holds a raw value or `NULL`.
    /// - Throws: as for a column that holds no `NULL`.
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
                .unknownValue, "the column \(column) holds \(raw), which is no \(Value.self) that this version knows")
        }
        return value
    }
}

/// What to write instead, where no other `get` fits.
extension Row {
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "say what the column holds, as in row.get(\"name\", as: String.self): a String, Int, Double, Bool, Date, UUID, bytes, or what has such a rawValue; of JSON, get(json:)"
    )
    public func get(_ column: String) throws(DatabaseError) -> SQLData { try data(of: column) }

    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "say what the column holds, as in row.get(\"name\", as: String.self): a String, Int, Double, Bool, Date, UUID, bytes, or what has such a rawValue; of JSON, get(json:)"
    )
    public func get<Value>(_ column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        throw mismatch(column, Value.self)
    }

    @_disfavoredOverload
    @available(*, unavailable, message: "say what the column holds, as in row.get(json: \"name\", as: Thing.self): a type marked @Schema")
    public func get(json column: String) throws(DatabaseError) -> SQLData { try data(of: column) }

    @_disfavoredOverload
    @available(*, unavailable, message: "say what the column holds, as in row.get(json: \"name\", as: Thing.self): a type marked @Schema")
    public func get<Value>(json column: String, as type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        throw mismatch(column, Value.self)
    }
}
