#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Dates and times in the format of RFC 3339, to the millisecond.
public enum RFC3339 {
    /// Reads a date and a time such as `2026-11-24T05:46:15.250Z`, with any offset.
    /// - Returns: `nil` if the text violates the grammar of RFC 3339 §5.6, or names a day that does not exist.
    public static func parse(_ text: some Collection<UInt8>) -> Date? {
        var scanner = Scanner(Array(text))
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2), scanner.take(":"),
            let second = scanner.number(2), let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd,
            (1...12).contains(month), day >= 1, day <= daysIn(month, of: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    /// Returns the text in UTC, with milliseconds even if they are zero, so that texts sort like their times.
    public static func format(_ date: Date) -> String {
        // Limited to the years 0 to 9999, which the format can represent. The bound comes first because `max` then returns it for NaN.
        let milliseconds = Int(min(max(-62_167_219_200_000, date.timeIntervalSince1970 * 1000), 253_402_300_799_999).rounded())
        let (second, fraction) = floorDivide(milliseconds, 1000)
        let (day, rest) = floorDivide(second, 86400)
        let (year, month, dayOfMonth) = civilFromDays(day)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(year, 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(month, 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(dayOfMonth, 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(rest / 3600, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(rest / 60 % 60, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(rest % 60, 2, to: &text)
        text.append(UInt8(ascii: "."))
        append(fraction, 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    // The two conversions between a day's number and its civil date are those of Howard Hinnant, "chrono-Compatible Low-Level Date
    // Algorithms" (days_from_civil, civil_from_days).

    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civilFromDays(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
        let quotient = value >= 0 ? value / divisor : (value - divisor + 1) / divisor
        return (quotient, value - quotient * divisor)
    }

    private static func append(_ number: Int, _ width: Int, to text: inout [UInt8]) {
        var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
        while divisor > 0 {
            text.append(0x30 + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private struct Scanner {
        private let text: [UInt8]
        private var index = 0

        init(_ text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { index == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func digit() -> Int? {
            guard index < text.count, text[index] &- 0x30 < 10 else { return nil }
            defer { index += 1 }
            return Int(text[index] - 0x30)
        }

        mutating func number(_ width: Int) -> Int? {
            var value = 0
            for _ in 0..<width {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Reads the fraction after the seconds, if there is one; `nil` if no digit follows the point.
        mutating func fraction() -> Double? {
            guard take(".") else { return 0 }
            guard let first = digit() else { return nil }
            var value = Double(first) / 10, scale = 0.01
            while let digit = digit() {
                value += Double(digit) * scale
                scale /= 10
            }
            return value
        }

        /// Reads the offset in seconds east of UTC.
        mutating func offset() -> Int? {
            if take("Z") || take("z") { return 0 }
            let sign = take("+") ? 1 : take("-") ? -1 : 0
            guard sign != 0, let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60 else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
