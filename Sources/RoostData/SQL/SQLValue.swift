import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value as a database stores it.
public enum SQLData: Hashable, Sendable {
    /// `NULL`.
    case null
    /// A whole number, which also holds booleans and dates.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

/// A type that can be bound in a statement and read from a row.
///
/// An enum with raw values of such a type can also be bound and read, and so can a struct around a `rawValue`. If other code requires a
/// `SQLValue`, declare the conformance, which needs no members: `enum Status: String, SQLValue`.
public protocol SQLValue: Sendable {
    /// Reads a value, or returns `nil` if the column has a value of another type.
    init?(sql data: SQLData)
    /// The value as the database stores it.
    var sql: SQLData { get }
}

extension String: SQLValue {
    /// Reads text, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .text(let text) = data else { return nil }
        self = text
    }
    /// The text.
    public var sql: SQLData { .text(self) }
}

extension Int64: SQLValue {
    /// Reads an integer, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self = number
    }
    /// The integer.
    public var sql: SQLData { .integer(self) }
}

extension Int: SQLValue {
    /// Reads an integer, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self.init(exactly: number)
    }
    /// The integer.
    public var sql: SQLData { .integer(Int64(self)) }
}

extension Double: SQLValue {
    /// Reads a floating-point number or an integer, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        switch data {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
    /// The floating-point number.
    public var sql: SQLData { .real(self) }
}

/// Stored as an integer, 0 or 1.
extension Bool: SQLValue {
    /// Reads an integer, of which any but 0 is `true`, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self = number != 0
    }
    /// The integer 1 or 0.
    public var sql: SQLData { .integer(self ? 1 : 0) }
}

/// Stored as an integer, the milliseconds since 1970 in UTC, so that the database can compare and sort times.
extension Date: SQLValue {
    /// Reads an integer as milliseconds since 1970, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .integer(let milliseconds) = data else { return nil }
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
    /// The milliseconds since 1970. Times out of range become the nearest that 64 bits can hold.
    public var sql: SQLData {
        .integer(Int64(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? (timeIntervalSince1970 < 0 ? .min : .max))
    }
}

/// Stored as text in lower case (RFC 9562 §4).
extension UUID: SQLValue {
    /// Reads text as a UUID, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .text(let text) = data else { return nil }
        self.init(uuidString: text)
    }
    /// The UUID as text in lower case.
    public var sql: SQLData { .text(text) }
}

extension [UInt8]: SQLValue {
    /// Reads bytes, or returns `nil` for any other value.
    public init?(sql data: SQLData) {
        guard case .blob(let bytes) = data else { return nil }
        self = bytes
    }
    /// The bytes.
    public var sql: SQLData { .blob(self) }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    /// Reads `NULL` as `nil` and anything else as the wrapped value. Fails if the wrapped type cannot read the value.
    public init?(sql data: SQLData) {
        if data == .null {
            self = .none
            return
        }
        guard let value = Wrapped(sql: data) else { return nil }
        self = value
    }
    /// The wrapped value, or `NULL`.
    public var sql: SQLData { self?.sql ?? .null }
}

extension SQLValue where Self: RawRepresentable, RawValue: SQLValue {
    /// Reads the raw value, or returns `nil` if `init?(rawValue:)` refuses it.
    public init?(sql data: SQLData) {
        guard let raw = RawValue(sql: data) else { return nil }
        self.init(rawValue: raw)
    }
    /// The raw value.
    public var sql: SQLData { rawValue.sql }
}
