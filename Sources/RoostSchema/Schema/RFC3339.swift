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
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds = date.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    /// Returns the text in UTC, with milliseconds even if they are zero, so that texts sort like their times.
    public static func format(_ date: Date) -> String {
        // Limited to the years 0 to 9999, which the format can represent. The bound comes first because `max` then returns it for NaN.
        let milliseconds = Int(min(max(-62_167_219_200_000, date.timeIntervalSince1970 * 1000), 253_402_300_799_999).rounded())
        let (second, fraction) = milliseconds.floorDivided(by: 1000)
        let (day, rest) = second.floorDivided(by: 86400)
        let date = CivilDate(daysSince1970: day)
        return String(unsafeUninitializedCapacity: 24) { text in
            var end = 0
            write(date.year, 4, "-", to: text, &end)
            write(date.month, 2, "-", to: text, &end)
            write(date.day, 2, "T", to: text, &end)
            write(rest / 3600, 2, ":", to: text, &end)
            write(rest / 60 % 60, 2, ":", to: text, &end)
            write(rest % 60, 2, ".", to: text, &end)
            write(fraction, 3, "Z", to: text, &end)
            return end
        }
    }

    /// Writes a number with `width` digits, and what follows it.
    private static func write(
        _ number: Int, _ width: Int, _ next: Unicode.Scalar, to text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int
    ) {
        var rest = number
        for index in (end..<end + width).reversed() {
            text[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        text[end + width] = UInt8(ascii: next)
        end += width + 1
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
