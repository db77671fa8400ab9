import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value as a database holds it.
public enum SQLData: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A type that a statement can bind and a row can give back.
///
/// An enum with raw values of such a type can be bound and read as it is, and so can a struct around a `rawValue`. For one to be a
/// `SQLValue` too, where code asks for that, it needs only to name the conformance: `enum Status: String, SQLValue`.
public protocol SQLValue: Sendable {
    /// - Returns: `nil` where the column holds no such value.
    init?(sql data: SQLData)
    /// The value as the database holds it.
    var sql: SQLData { get }
}

extension String: SQLValue {
    public init?(sql data: SQLData) {
        guard case .text(let text) = data else { return nil }
        self = text
    }
    public var sql: SQLData { .text(self) }
}

extension Int64: SQLValue {
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self = number
    }
    public var sql: SQLData { .integer(self) }
}

extension Int: SQLValue {
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self.init(exactly: number)
    }
    public var sql: SQLData { .integer(Int64(self)) }
}

extension Double: SQLValue {
    public init?(sql data: SQLData) {
        switch data {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
    public var sql: SQLData { .real(self) }
}

/// An integer, 0 or 1.
extension Bool: SQLValue {
    public init?(sql data: SQLData) {
        guard case .integer(let number) = data else { return nil }
        self = number != 0
    }
    public var sql: SQLData { .integer(self ? 1 : 0) }
}

/// An integer: milliseconds since 1970 in UTC, so that the database compares and sorts times as they are.
extension Date: SQLValue {
    public init?(sql data: SQLData) {
        guard case .integer(let milliseconds) = data else { return nil }
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
    /// Times beyond what 64 bits of milliseconds hold become the nearest that they do.
    public var sql: SQLData {
        .integer(Int64(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? (timeIntervalSince1970 < 0 ? .min : .max))
    }
}

/// Lower-case text (RFC 9562 §4).
extension UUID: SQLValue {
    public init?(sql data: SQLData) {
        guard case .text(let text) = data else { return nil }
        self.init(uuidString: text)
    }
    public var sql: SQLData { .text(text) }
}

extension [UInt8]: SQLValue {
    public init?(sql data: SQLData) {
        guard case .blob(let bytes) = data else { return nil }
        self = bytes
    }
    public var sql: SQLData { .blob(self) }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    public init?(sql data: SQLData) {
        if data == .null {
            self = .none
            return
        }
        guard let value = Wrapped(sql: data) else { return nil }
        self = value
    }
    public var sql: SQLData { self?.sql ?? .null }
}

extension SQLValue where Self: RawRepresentable, RawValue: SQLValue {
    public init?(sql data: SQLData) {
        guard let raw = RawValue(sql: data) else { return nil }
        self.init(rawValue: raw)
    }
    public var sql: SQLData { rawValue.sql }
}
