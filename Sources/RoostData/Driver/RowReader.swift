import Roost

/// The current row of a result, as a driver has it in memory. Its cells are read once, in the order of the columns.
///
/// A driver has one object for each result, which it moves from row to row.
public protocol RowSource: AnyObject {
    /// The names of the result's columns.
    var names: [String] { get }

    /// Returns the value of the next column.
    /// - Throws: A `DatabaseError` with the code `.column` after the last column, or if the driver cannot read the value.
    func next() throws(DatabaseError) -> SQLCell
}

/// Reads the values of one row by their positions, straight from the driver's memory. It is valid only within the closure that decodes
/// the row.
public struct RowReader {
    /// Why a value cannot be read.
    public typealias Failure = DatabaseError

    @usableFromInline let source: any RowSource
    @usableFromInline var position = 0

    /// Creates a reader at the first column. Drivers do this.
    @inlinable public init(_ source: any RowSource) { self.source = source }

    /// The names of the result's columns.
    public var names: [String] { source.names }

    /// Returns the value of the next column.
    /// - Throws: A `DatabaseError` with the code `.column` if the row has no further column or the value is of another type, or with
    ///   `.unknownValue` if the type does not know the value.
    @inlinable public mutating func next<Value: SQLValue>(_ type: Value.Type = Value.self) throws(DatabaseError) -> Value {
        let cell = try source.next()
        position += 1
        guard let value = Value(cell: cell) else { throw mismatch(cell, Value.self) }
        return value
    }

    /// Returns the next column's JSON as a value.
    /// - Throws: A `DatabaseError` with the code `.column` if the row has no further column or it contains no such JSON.
    public mutating func next<Value: Schema>(json type: Value.Type) throws(DatabaseError) -> Value {
        guard let value = try optional(json: type) else { throw mismatch(.null, Value.self) }
        return value
    }

    /// Returns the next column's JSON as a value, or `nil` if the column is `NULL`.
    mutating func optional<Value: Schema>(json type: Value.Type) throws(DatabaseError) -> Value? {
        let cell = try source.next()
        position += 1
        if case .null = cell { return nil }
        guard case .text(let bytes) = cell else { throw mismatch(cell, Value.self) }
        do {
            return try JSON.decode(Value.self, from: Array(bytes))
        } catch {
            throw DatabaseError(.column, "the column \(name) has no value of the type \(Value.self): \(error.problem)")
        }
    }

    /// Skips the next column.
    @inlinable public mutating func skip() throws(DatabaseError) {
        _ = try source.next()
        position += 1
    }

    /// Returns the next column's value as the database stores it.
    public mutating func data() throws(DatabaseError) -> SQLData {
        position += 1
        return SQLData(try source.next())
    }

    /// The name of the column that was read last.
    private var name: String {
        let names = source.names
        return position <= names.count && position > 0 ? names[position - 1] : "\(position)"
    }

    @usableFromInline func mismatch<Value: SQLValue>(_ cell: SQLCell, _ type: Value.Type) -> DatabaseError {
        Value.mismatch(of: SQLData(cell), in: name)
    }

    private func mismatch<Value>(_ cell: SQLCell, _ type: Value.Type) -> DatabaseError {
        DatabaseError(.column, "the column \(name) has no value of the type \(Value.self)")
    }
}
