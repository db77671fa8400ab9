#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value of the current row, which may point into the driver's memory: it is valid only until the driver moves on.
public enum SQLCell {
    /// `NULL`.
    case null
    /// A truth value, from engines that have a type for it.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text in UTF-8, including JSON and decimal numbers.
    case text(UnsafeRawBufferPointer)
    /// Bytes.
    case blob(UnsafeRawBufferPointer)
    /// A UUID, from engines that have a type for it.
    case uuid(UUID)
    /// A time in microseconds since 1970 in UTC, from engines that have a type for it.
    case time(microseconds: Int64)
}

extension SQLData {
    /// Copies a value of the current row.
    public init(_ cell: SQLCell) {
        self =
            switch cell {
            case .null: .null
            case .boolean(let value): .boolean(value)
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
            case .blob(let bytes): .blob([UInt8](bytes))
            case .uuid(let id): .uuid(id)
            case .time(let microseconds): .time(Date(timeIntervalSince1970: Double(microseconds) / 1_000_000))
            }
    }
}
