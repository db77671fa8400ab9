#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value that is bound in a statement, or that was copied from a row.
///
/// An engine stores a value that it has no type for in another form: SQLite stores truth values as 0 and 1, times as milliseconds since
/// 1970, and UUIDs as text in lower case.
public enum SQLData: Hashable, Sendable {
    /// `NULL`.
    case null
    /// A truth value.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text, including JSON.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// A UUID.
    case uuid(UUID)
    /// A time.
    case time(Date)
    /// A list of values of one type, for engines that bind arrays (`Dialect.bindsArrays`).
    case array([SQLData])
}
