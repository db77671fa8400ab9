public import Roost

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Times at which something is due.
public struct Schedule: Hashable, Sendable {
    private let expression: CronExpression
    private let zone: TimeZone

    /// Returns the schedule of an expression in the notation of cron, such as `0 3 * * *` for every night at three.
    ///
    /// The five fields are the minute (0–59), the hour (0–23), the day of the month (1–31), the month (1–12 or `jan`–`dec`) and the day of the
    /// week (0–7 or `sun`–`sat`; 0 and 7 are Sunday). Each is `*`, a value, a range (`1-5`), one of these with a step (`*/15`), or several separated
    /// by commas. If neither field for the day begins with `*`, a day matches if either of them does; otherwise, both must match.
    ///
    /// When clocks are set forward by an hour, a time in the hour that is left out is due an hour later. When they are set back, a time in the hour
    /// that occurs twice is due at its first occurrence. If the field of the hour begins with `*`, the schedule is due whenever clocks show a
    /// matching time.
    /// - Parameters:
    ///   - expression: The expression.
    ///   - zone: The time zone, by default GMT. A named one, such as `TimeZone(identifier: "Europe/Berlin")`, needs `Foundation` in the program.
    /// - Throws: A `ConfigurationError` that says which field is wrong.
    public static func cron(_ expression: String, in zone: TimeZone = .gmt) throws(ConfigurationError) -> Schedule {
        Schedule(expression: try CronExpression(expression), zone: zone)
    }

    /// Returns the first time after a date; `nil` if there is none within the next 40 years, or the date is not one of a calendar.
    public func next(after date: Date) -> Date? {
        guard abs(date.timeIntervalSince1970) < Self.farthest else { return nil }
        // Begins a day early: where clocks are changed, one of that day's times may be after the date.
        let start = CivilDay(containing: date.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: date))).number - 1
        for number in start...(start + Self.days) {
            let day = CivilDay(number: number)
            guard expression.includes(month: day.month, day: day.day, weekday: day.weekday) else { continue }
            if let time = first(of: day, after: date) { return time }
        }
        return nil
    }

    /// Returns the last time after a start, up to and including a date; `nil` if there is none.
    func last(until date: Date, after start: Date) -> Date? {
        // A schedule may be due each minute or once in years. The shortest span that contains a time contains few of them.
        for span in Self.spans {
            let from = max(start, date.addingTimeInterval(-span))
            guard var time = next(after: from), time <= date else {
                if from == start { return nil }
                continue
            }
            while let later = next(after: time), later <= date { time = later }
            return time
        }
        return nil
    }

    /// February 29th on a given day of the week occurs after 40 years at the latest.
    private static let days = 40 * 366
    /// The dates in seconds before and after 1970 that have a calendar here: about 30,000 years.
    private static let farthest = 1e12
    /// In seconds: an hour, a day, a week, a month, a year, four years, and as long as it takes.
    private static let spans: [Double] = [3600, 86_400, 604_800, 2_678_400, 31_622_400, 126_489_600, .infinity]

    /// Returns the first time of a matching day that is after a date.
    private func first(of day: CivilDay, after date: Date) -> Date? {
        let midnight = Self.seconds(day, 0, 0), offset = offset(midnight - 86_400)
        guard offset == self.offset(midnight + 2 * 86_400) else { return times(of: day).first { $0 > date } }
        // Nothing changes on such a day.
        let local: Double = date.timeIntervalSince1970 + offset
        for hour in expression.hours where Self.seconds(day, hour + 1, 0) > local {
            for minute in expression.minutes {
                let time = Self.seconds(day, hour, minute)
                if time > local { return Date(timeIntervalSince1970: time - offset) }
            }
        }
        return nil
    }

    /// A local time in seconds since 1970.
    private static func seconds(_ day: CivilDay, _ hour: Int, _ minute: Int) -> Double {
        Double(day.number * 86_400 + hour * 3600 + minute * 60)
    }

    /// The times of a day that matches, in order.
    private func times(of day: CivilDay) -> [Date] {
        var times: [Date] = []
        for hour in expression.hours {
            for minute in expression.minutes {
                let local = Self.seconds(day, hour, minute), exact = instants(of: local)
                if expression.isEveryHour {
                    times += exact
                } else {
                    times.append(exact.first ?? Date(timeIntervalSince1970: local - offset(local - 86_400)))
                }
            }
        }
        return times.sorted()
    }

    /// The instants at which clocks of the zone show a local time: none while they are set forward, two while they are set back.
    private func instants(of local: Double) -> [Date] {
        // The offsets before and after any change that is near.
        Set([offset(local - 86_400), offset(local + 86_400)]).map { Date(timeIntervalSince1970: local - $0) }
            .filter { $0.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: $0)) == local }.sorted()
    }

    private func offset(_ time: Double) -> Double { Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: time))) }
}

/// A day of the Gregorian calendar, by the number of days since 1970-01-01. The conversion is `civil_from_days` of Howard Hinnant's "chrono-Compatible
/// Low-Level Date Algorithms".
struct CivilDay {
    let number: Int
    let month: Int
    let day: Int

    init(number: Int) {
        self.number = number
        let shifted = number + 719_468, era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100), shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    }

    /// - Parameter time: Seconds since 1970 by local clocks.
    init(containing time: Double) { self.init(number: Int((time / 86_400).rounded(.down))) }

    /// The day of the week, from 0 for Sunday. 1970 began on a Thursday.
    var weekday: Int { ((number + 4) % 7 + 7) % 7 }
}
