import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension String: SQLValue {
    /// Reads text, or a UUID as text, or returns `nil` for any other value.
    @inlinable public init?(sql data: SQLData) {
        switch data {
        case .text(let text): self = text
        case .uuid(let id): self = id.text
        default: return nil
        }
    }
    /// Reads text, or a UUID as text, or returns `nil` for any other value.
    @inlinable public init?(cell: SQLCell) {
        switch cell {
        case .text(let bytes): self.init(decoding: bytes, as: UTF8.self)
        case .uuid(let id): self = id.text
        default: return nil
        }
    }
    /// The text.
    @inlinable public var sql: SQLData { .text(self) }
    /// Text.
    public static var columnType: ColumnType { .text }
}

/// A whole number that fits into 64 bits with a sign.
extension SQLValue where Self: FixedWidthInteger {
    /// Reads an integer, or returns `nil` for any other value and for a number that is out of range.
    @inlinable public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self.init(exactly: number)
    }
    /// Reads an integer, or returns `nil` for any other value and for a number that is out of range.
    @inlinable public init?(cell: SQLCell) {
        guard case .integer(let number) = cell else { return nil }
        self.init(exactly: number)
    }
    /// The integer.
    @inlinable public var sql: SQLData { .integer(Int64(truncatingIfNeeded: self)) }
    /// An integer.
    public static var columnType: ColumnType { .integer }
}

extension Int: SQLValue {}
extension Int64: SQLValue {}
extension Int32: SQLValue {}
extension Int16: SQLValue {}
extension Int8: SQLValue {}
extension UInt32: SQLValue {}
extension UInt16: SQLValue {}

extension Double: SQLValue {
    /// Reads a floating-point number or an integer, or returns `nil` for any other value.
    @inlinable public init?(sql data: SQLData) {
        switch data {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
    /// Reads a floating-point number or an integer, or returns `nil` for any other value.
    @inlinable public init?(cell: SQLCell) {
        switch cell {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
    /// The floating-point number.
    @inlinable public var sql: SQLData { .real(self) }
    /// A floating-point number.
    public static var columnType: ColumnType { .real }
}

extension Bool: SQLValue {
    /// Reads a truth value, or an integer, of which any but 0 is `true`. Returns `nil` for any other value.
    @inlinable public init?(sql data: SQLData) {
        switch data {
        case .boolean(let value): self = value
        case .integer(let number): self = number != 0
        default: return nil
        }
    }
    /// Reads a truth value, or an integer, of which any but 0 is `true`. Returns `nil` for any other value.
    @inlinable public init?(cell: SQLCell) {
        switch cell {
        case .boolean(let value): self = value
        case .integer(let number): self = number != 0
        default: return nil
        }
    }
    /// The truth value.
    @inlinable public var sql: SQLData { .boolean(self) }
    /// A truth value.
    public static var columnType: ColumnType { .boolean }
}

extension Date: SQLValue {
    /// Reads a time, or an integer as milliseconds since 1970, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        switch data {
        case .time(let date): self = date
        case .integer(let milliseconds): self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
        default: return nil
        }
    }
    /// Reads a time, or an integer as milliseconds since 1970, or returns `nil` for any other value.
    public init?(cell: SQLCell) {
        switch cell {
        case .time(let microseconds): self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
        case .integer(let milliseconds): self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
        default: return nil
        }
    }
    /// The time.
    public var sql: SQLData { .time(self) }
    /// A time.
    public static var columnType: ColumnType { .time }

    /// The milliseconds since 1970, as engines store a time that have no type for it. Times out of range become the nearest that 64 bits
    /// can hold.
    package var storedMilliseconds: Int64 {
        Int64(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? (timeIntervalSince1970 < 0 ? .min : .max)
    }
}

extension UUID: SQLValue {
    /// Reads a UUID, or text as a UUID (RFC 9562 §4), or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        switch data {
        case .uuid(let id): self = id
        case .text(let text): self.init(text: text)
        default: return nil
        }
    }
    /// Reads a UUID, or text as a UUID (RFC 9562 §4), or returns `nil` for any other value.
    public init?(cell: SQLCell) {
        switch cell {
        case .uuid(let id): self = id
        case .text(let bytes): self.init(utf8: bytes)
        default: return nil
        }
    }
    /// The UUID.
    public var sql: SQLData { .uuid(self) }
    /// A UUID.
    public static var columnType: ColumnType { .uuid }
}

extension [UInt8]: SQLValue, Storable {
    /// Reads bytes, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .blob(let bytes) = data else { return nil }
        self = bytes
    }
    /// Reads bytes, or returns `nil` for any other value.
    public init?(cell: SQLCell) {
        guard case .blob(let bytes) = cell else { return nil }
        self.init(bytes)
    }
    /// The bytes.
    public var sql: SQLData { .blob(self) }
    /// Bytes.
    public static var columnType: ColumnType { .blob }
}
