import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as PostgreSQL counts them: microseconds since 2000 in UTC, whose extremes stand for infinity.
enum Timestamp {
    /// 2000-01-01 in microseconds since 1970.
    static let epoch: Int64 = 946_684_800_000_000

    /// Returns a time of the server as microseconds since 1970. Infinity stays the extreme of the type.
    static func sinceEpoch(_ microseconds: Int64) -> Int64 {
        if microseconds == .max || microseconds == .min { return microseconds }
        let (sum, overflow) = microseconds.addingReportingOverflow(epoch)
        return overflow ? .max : sum
    }

    /// Returns a date as the server counts it. Dates whose distance from 1970 is infinite become `infinity` and `-infinity`.
    static func microseconds(of date: Date) throws(DatabaseError) -> Int64 {
        let seconds = date.timeIntervalSince1970
        if seconds.isInfinite { return seconds < 0 ? .min : .max }
        // Whole seconds and their fraction apart: a `Double` of microseconds would lose precision.
        let whole = seconds.rounded(.down)
        let fraction = Int64(((seconds - whole) * 1_000_000).rounded())
        guard let count = Int64(exactly: whole), let result = combined(count, fraction) else { throw outOfRange(date) }
        return result
    }

    private static func combined(_ seconds: Int64, _ fraction: Int64) -> Int64? {
        let (scaled, first) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, second) = scaled.addingReportingOverflow(fraction)
        let (result, third) = sum.subtractingReportingOverflow(epoch)
        // The server's range: 4713 BC to 294276 AD.
        let range: ClosedRange<Int64> = -211_813_488_000_000_000...9_223_371_331_199_999_999
        return first || second || third || !range.contains(result) ? nil : result
    }

    /// Returns a time in milliseconds since 1970 as the server counts it.
    static func microseconds(sinceEpoch milliseconds: Int64) throws(DatabaseError) -> Int64 {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard let result = combined(seconds, rest * 1000) else {
            throw DatabaseError(.outOfRange, "\(milliseconds) milliseconds since 1970 is not a time that PostgreSQL stores")
        }
        return result
    }

    /// Returns the day of a date in UTC, as the number of days since 2000.
    static func days(of date: Date) throws(DatabaseError) -> Int32 {
        let seconds = date.timeIntervalSince1970
        if seconds.isInfinite { return seconds < 0 ? .min : .max }
        guard let days = Int32(exactly: ((seconds - 946_684_800) / 86_400).rounded(.down)), (-2_451_545...2_145_031_948).contains(days)
        else { throw outOfRange(date) }
        return days
    }

    /// Returns a date as text that the server and people read (ISO 8601).
    static func text(of date: Date) -> String {
        let seconds = date.timeIntervalSince1970
        if seconds.isInfinite { return seconds < 0 ? "-infinity" : "infinity" }
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func outOfRange(_ date: Date) -> DatabaseError {
        DatabaseError(.outOfRange, "the time \(date.timeIntervalSince1970) s since 1970 is not one that PostgreSQL stores")
    }
}

extension UUID {
    /// The 16 bytes as two numbers.
    var bigEndianBytes: (UInt64, UInt64) {
        withUnsafeBytes(of: uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}

extension OID {
    /// The name of the type for messages, or its number.
    var label: String {
        switch self {
        case .bool: "boolean"
        case .bytea: "bytea"
        case .int2: "smallint"
        case .int4: "integer"
        case .int8: "bigint"
        case .oid: "oid"
        case .float4: "real"
        case .float8: "double precision"
        case .numeric: "numeric"
        case .text: "text"
        case .varchar: "character varying"
        case .uuid: "uuid"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestamptz: "timestamp with time zone"
        case .json: "json"
        case .jsonb: "jsonb"
        default: "number \(rawValue)"
        }
    }
}
