import Roost

/// The five fields of a schedule in the notation of cron (POSIX.1-2017, crontab), with ranges, steps and names.
struct CronExpression: Hashable, Sendable {
    /// In order.
    let minutes: [Int]
    /// In order.
    let hours: [Int]
    private let months: Set<Int>
    /// Whether the field of the hour begins with `*`, so that the times do not depend on when clocks are changed.
    let isEveryHour: Bool
    private let days: Set<Int>
    private let weekdays: Set<Int>
    /// Whether one of the two fields for the day begins with `*`: then both must match.
    private let needsBoth: Bool

    /// - Throws: A `ConfigurationError` that says which field is wrong, and why.
    init(_ text: String) throws(ConfigurationError) {
        let fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 5 else {
            throw ConfigurationError(
                "the schedule '\(text)' has \(fields.count) fields; it needs five: minute, hour, day of the month, month, day of the week")
        }
        minutes = try Self.values(of: fields[0], "minute", 0...59).sorted()
        hours = try Self.values(of: fields[1], "hour", 0...23).sorted()
        days = try Self.values(of: fields[2], "day of the month", 1...31)
        months = try Self.values(of: fields[3], "month", 1...12, names: Self.monthNames, first: 1)
        // Sunday is 0 or 7.
        weekdays = Set(
            try Self.values(of: fields[4], "day of the week", 0...7, names: Self.weekdayNames, first: 0).map { $0 % 7 })
        isEveryHour = fields[1].hasPrefix("*")
        needsBoth = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
        guard hasDay else { throw ConfigurationError("the schedule '\(text)' is never due: none of its months has such a day") }
    }

    /// Returns whether the expression includes a day.
    /// - Parameters:
    ///   - month: The month, from 1.
    ///   - day: The day of the month.
    ///   - weekday: The day of the week, from 0 for Sunday.
    func includes(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        // By POSIX, a day matches if either field does, unless one of them is `*`.
        let matches = (days.contains(day), weekdays.contains(weekday))
        return needsBoth ? matches.0 && matches.1 : matches.0 || matches.1
    }

    /// Whether it can ever match, which `0 0 30 2 *` cannot.
    private var hasDay: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return !needsBoth || months.contains { month in days.contains { $0 <= longest[month - 1] } }
    }

    private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
}

extension CronExpression {
    /// Returns the values of a field: `*`, `5`, `1-5`, `*/15`, `mon-fri`, or several of these separated by commas.
    private static func values(
        of field: String, _ name: String, _ range: ClosedRange<Int>, names: [String] = [], first: Int = 0
    ) throws(ConfigurationError) -> Set<Int> {
        var values: Set<Int> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let ends = ends(of: String(parts[0]), range, names, first),
                let step = parts.count == 2 ? Int(parts[1]) : 1, step > 0
            else {
                throw ConfigurationError(
                    "'\(item)' is not valid as the \(name) of a schedule: it must be *, a value from \(range.lowerBound) to \(range.upperBound), or a range such as "
                        + "\(range.lowerBound)-\(range.upperBound), each of them optionally with a step such as */2")
            }
            // By itself, a value with a step is the beginning of a range.
            let last = parts.count == 2 && ends.lowerBound == ends.upperBound ? range.upperBound : ends.upperBound
            values.formUnion(stride(from: ends.lowerBound, through: last, by: step))
        }
        return values
    }

    private static func ends(of text: String, _ range: ClosedRange<Int>, _ names: [String], _ first: Int) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
            names.firstIndex(of: part.lowercased()).map { $0 + first } ?? (part.allSatisfy(\.isNumber) ? Int(part) : nil)
        }
        guard ends.count <= 2, let lower = ends.first ?? nil, let upper = ends.last ?? nil, lower <= upper,
            range.contains(lower), range.contains(upper)
        else { return nil }
        return lower...upper
    }
}
