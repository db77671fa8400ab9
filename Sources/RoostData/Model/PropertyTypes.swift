import Roost

/// The expressions of the columns of a property.
///
/// If a property of a model has a type that cannot be stored, the compiler reports it where this name is used, at the line of the property,
/// and in the description of the table, which says what to write. All other generated code accepts such a type silently.
public typealias Stored<Value: Storable> = Value.StoredColumns

/// What the expansion of `@Model` writes about the type of a property.
extension Table {
    /// Returns the columns of a property.
    public static func columns<Value: Storable>(_ type: Value.Type, _ name: String) -> [TableColumn] { Value.tableColumns(name) }

    /// Refuses a type that cannot be stored, with a message that says how to store it.
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "a column holds a String, Int, Double, Bool, Date, UUID, bytes, or an enum or identifier such as `enum Status: String, SQLValue`; mark a struct @ColumnGroup to store it in several columns, or the property @JSON"
    )
    public static func columns<Value>(_ type: Value.Type, _ name: String) -> [TableColumn] { [] }

    /// Refuses an optional type that cannot be stored, with a message that says how to store it.
    @_disfavoredOverload
    @available(
        *, unavailable,
        message:
            "an optional is stored in one column, of a String, Int, Double, Bool, Date, UUID, bytes, or an enum or identifier such as `enum Status: String, SQLValue`; mark the property @JSON, or make the properties of its @ColumnGroup optional"
    )
    public static func columns<Value>(_ type: Value?.Type, _ name: String) -> [TableColumn] { [] }

    /// Returns the expressions of the columns of a property.
    public static func expressions<Value: Storable>(
        _ type: Value.Type, _ name: String, of source: ColumnSource
    ) -> Value.StoredColumns { Value.storedColumns(name, of: source) }

    /// Accepts a type that cannot be stored. Never runs.
    @_disfavoredOverload
    public static func expressions<Value>(_ type: Value.Type, _ name: String, of source: ColumnSource) -> Expr<Bool> {
        Expr(column: name, of: source)
    }

    /// Returns the expression of the column of a property that is stored as JSON.
    public static func json<Value: Schema>(_ type: Value.Type, _ name: String, of source: ColumnSource) -> JSONColumn<Value> {
        JSONColumn(name, of: source)
    }

    /// Accepts a type that is not a schema. Never runs.
    @_disfavoredOverload
    public static func json<Value>(_ type: Value.Type, _ name: String, of source: ColumnSource) -> Expr<Bool> {
        Expr(column: name, of: source)
    }
}

extension RowReader {
    /// Returns the value of the next columns.
    /// - Throws: A `DatabaseError` with the code `.column` if a column has a value of another type.
    @inlinable public mutating func value<Value: Storable>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        try Value(row: &self)
    }

    /// Returns the value that the next column has as JSON, or `nil` if the column is `NULL`.
    /// - Throws: A `DatabaseError` with the code `.column` if the JSON is not a `Value`.
    public mutating func optionalJSON<Value: Schema>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value? {
        try optional(json: type)
    }

    /// Returns the value that the next column has as JSON.
    /// - Throws: A `DatabaseError` with the code `.column` if the JSON is not a `Value`.
    public mutating func json<Value: Schema>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        try next(json: type)
    }

    /// Accepts a type that cannot be stored. Never runs.
    @_disfavoredOverload
    public mutating func value<Value>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        throw DatabaseError(.column, "a column cannot hold a value of the type \(Value.self)")
    }

    /// Accepts a type that is not a schema. Never runs.
    @_disfavoredOverload
    public mutating func optionalJSON<Value>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value? { try value() }

    /// Accepts a type that is not a schema. Never runs.
    @_disfavoredOverload
    public mutating func json<Value>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value { try value() }
}

extension [SQLData] {
    /// Appends the values of the columns of a property.
    @inlinable public mutating func append(columns value: some Storable) { value.bind(to: &self) }

    /// Accepts a type that cannot be stored. Never runs.
    @_disfavoredOverload
    public mutating func append<Value>(columns value: Value) {}

    /// Appends a value as JSON.
    public mutating func append(json value: some Schema) { append(.text(JSON.text(value))) }

    /// Accepts a type that is not a schema. Never runs.
    @_disfavoredOverload
    public mutating func append<Value>(json value: Value) {}

    /// Appends a value as JSON, or `NULL`.
    public mutating func append(optionalJSON value: (some Schema)?) { append(value.map { .text(JSON.text($0)) } ?? .null) }

    /// Accepts a type that is not a schema. Never runs.
    @_disfavoredOverload
    public mutating func append<Value>(optionalJSON value: Value?) {}
}
