import Roost

/// A type whose values are stored in one column: it can be bound in a statement and read from a row.
///
/// An enum with raw values of such a type can also be bound and read, and so can a struct around a `rawValue`. If other code requires a
/// `SQLValue`, as a model does, declare the conformance, which needs no members: `enum Status: String, SQLValue`.
public protocol SQLValue: Storable {
    /// Reads a value, or returns `nil` if the column has a value of another type.
    init?(sql data: SQLData)

    /// Reads a value of the current row, or returns `nil` if the column has a value of another type.
    init?(cell: SQLCell)

    /// The value as it is bound.
    var sql: SQLData { get }

    /// The type of the column in which values of this type are stored.
    static var columnType: ColumnType { get }

    /// Whether the column may be `NULL`.
    static var isOptional: Bool { get }
}

extension SQLValue {
    /// Only for `Optional`, a column may be `NULL`.
    @inlinable public static var isOptional: Bool { false }

    /// Copies the value of the row, and reads the copy.
    public init?(cell: SQLCell) { self.init(sql: SQLData(cell)) }
}

/// The type of a column, for which each engine has a name of its own.
public enum ColumnType: Hashable, Sendable {
    /// `true` or `false`.
    case boolean
    /// A whole number of at most 64 bits.
    case integer
    /// A floating-point number of 64 bits.
    case real
    /// Text.
    case text
    /// Bytes.
    case blob
    /// A UUID.
    case uuid
    /// A time.
    case time
    /// JSON.
    case json
}

extension Optional: SQLValue, Storable where Wrapped: SQLValue {
    /// Reads `NULL` as `nil` and anything else as the wrapped value. Fails if the wrapped type cannot read the value.
    @inlinable public init?(sql data: SQLData) {
        if case .null = data {
            self = .none
            return
        }
        guard let value = Wrapped(sql: data) else { return nil }
        self = value
    }

    /// Reads `NULL` as `nil` and anything else as the wrapped value. Fails if the wrapped type cannot read the value.
    @inlinable public init?(cell: SQLCell) {
        if case .null = cell {
            self = .none
            return
        }
        guard let value = Wrapped(cell: cell) else { return nil }
        self = value
    }

    /// The wrapped value, or `NULL`.
    @inlinable public var sql: SQLData { self?.sql ?? .null }

    /// The wrapped type's.
    public static var columnType: ColumnType { Wrapped.columnType }

    /// The column may be `NULL`.
    @inlinable public static var isOptional: Bool { true }
}

extension SQLValue where Self: RawRepresentable, RawValue: SQLValue {
    /// Reads the raw value, or returns `nil` if `init?(rawValue:)` refuses it.
    @inlinable public init?(sql data: SQLData) {
        guard let raw = RawValue(sql: data) else { return nil }
        self.init(rawValue: raw)
    }

    /// Reads the raw value, or returns `nil` if `init?(rawValue:)` refuses it.
    @inlinable public init?(cell: SQLCell) {
        guard let raw = RawValue(cell: cell) else { return nil }
        self.init(rawValue: raw)
    }

    /// The raw value.
    @inlinable public var sql: SQLData { rawValue.sql }

    /// The raw value's.
    public static var columnType: ColumnType { RawValue.columnType }
}

extension SQLValue {
    /// Returns why a column's value cannot be read as this type.
    @usableFromInline static func mismatch(of data: SQLData, in column: String) -> DatabaseError {
        if isUnknown(data) {
            return DatabaseError(
                .unknownValue, "the column \(column) has the value \(data.text), which is not a \(Self.self) that this version knows")
        }
        return DatabaseError(.column, "the column \(column) has no value of the type \(Self.self)")
    }

    /// Whether the value could be the raw value of a case that this version of the program does not have.
    private static func isUnknown(_ data: SQLData) -> Bool {
        func wrapped<Value: OptionalValue>(_ type: Value.Type) -> Bool { Value.Wrapped.isUnknown(data) }
        if let type = Self.self as? any OptionalValue.Type { return wrapped(type) }
        func raw<Value: RawRepresentable>(_ type: Value.Type) -> Any.Type { Value.RawValue.self }
        guard let type = Self.self as? any RawRepresentable.Type, let value = raw(type) as? any SQLValue.Type else { return false }
        return value.init(sql: data) != nil
    }
}

extension SQLData {
    /// The value for messages.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .uuid(let id): id.text
        default: "\(self)"
        }
    }
}
