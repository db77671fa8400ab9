import Foundation
import Roost
import Testing

@testable import RoostWorkflow

/// When schedules are due.
@Suite struct CronTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    private func times(_ expression: String, in zone: TimeZone = .gmt, after text: String, _ count: Int = 3) throws -> [String] {
        let schedule = try Schedule.cron(expression, in: zone)
        var date = try #require(RFC3339.parse(text.utf8)), times: [String] = []
        for _ in 0..<count {
            date = try #require(schedule.next(after: date))
            times.append(ScheduledWorkflow.label(of: date))
        }
        return times
    }

    @Test(arguments: [
        ("0 3 * * *", "2026-11-26T18:40:00Z", ["2026-11-27T03:00:00Z", "2026-11-28T03:00:00Z", "2026-11-29T03:00:00Z"]),
        ("*/20 * * * *", "2026-11-26T18:40:00Z", ["2026-11-26T19:00:00Z", "2026-11-26T19:20:00Z", "2026-11-26T19:40:00Z"]),
        ("5/25 1-2 * * *", "2026-11-26T01:05:00Z", ["2026-11-26T01:30:00Z", "2026-11-26T01:55:00Z", "2026-11-26T02:05:00Z"]),
        ("0 0 29 2 *", "2026-11-26T00:00:00Z", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z", "2036-02-29T00:00:00Z"]),
        ("30 9 * * mon-fri", "2026-11-27T09:30:00Z", ["2026-11-30T09:30:00Z", "2026-12-01T09:30:00Z", "2026-12-02T09:30:00Z"]),
        ("0 12 * JAN,dec 7", "2026-11-26T00:00:00Z", ["2026-12-06T12:00:00Z", "2026-12-13T12:00:00Z", "2026-12-20T12:00:00Z"]),
        // The thirteenth, or any Friday.
        ("0 0 13 * 5", "2026-11-26T00:00:00Z", ["2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z"]),
        ("59 23 31 12 *", "2026-12-31T23:58:59Z", ["2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z", "2028-12-31T23:59:00Z"]),
        ("0 0 1 1 *", "1969-06-01T00:00:00Z", ["1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z", "1972-01-01T00:00:00Z"]),
    ])
    func theNextTimesFollowTheFields(expression: String, after: String, expected: [String]) throws {
        #expect(try times(expression, after: after) == expected)
    }

    @Test func whatTheClocksLeaveOutIsDueAsMuchLater() throws {
        // On 2026-03-29, 02:00 becomes 03:00 in Berlin.
        #expect(
            try times("30 2 * * *", in: Self.berlin, after: "2026-03-27T12:00:00Z")
                == ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"])
    }

    @Test func whatTheClocksShowTwiceIsDueOnce() throws {
        // On 2026-10-25, 03:00 becomes 02:00 in Berlin.
        #expect(
            try times("30 2 * * *", in: Self.berlin, after: "2026-10-23T12:00:00Z")
                == ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
    }

    @Test func whatIsDueEveryHourIsDueInBothHours() throws {
        #expect(
            try times("0 * * * *", in: Self.berlin, after: "2026-10-24T23:30:00Z")
                == ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"])
        #expect(
            try times("0 * * * *", in: Self.berlin, after: "2026-03-28T23:30:00Z")
                == ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"])
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-3 * * * *", "*/0 * * * *",
        "a * * * *",
        "1,,2 * * * *", "1- * * * *", "-1 * * * *", "1/2/3 * * * *", "0 0 30 2 *", "0 0 31 4,6 *", "+1 * * * *", "* * * mon *", "٣ * * * *",
        "99999999999999999999 * * * *",
    ])
    func whatIsNoExpressionIsRefused(expression: String) {
        #expect(throws: ConfigurationError.self) { try Schedule.cron(expression) }
    }

    @Test(arguments: [
        ("* * * * *", "2026-11-26T18:40:30Z", "2026-11-26T18:40:00Z"), ("0 3 * * *", "2026-11-26T18:40:00Z", "2026-11-26T03:00:00Z"),
        ("0 0 1 1 *", "2026-11-26T18:40:00Z", "2026-01-01T00:00:00Z"),
    ])
    func theLastTimeOfManyIsFound(expression: String, now: String, expected: String) throws {
        let schedule = try Schedule.cron(expression), now = try #require(RFC3339.parse(now.utf8))
        let last = schedule.last(until: now, after: now.addingTimeInterval(-5 * 366 * 86_400))
        #expect(last.map { ScheduledWorkflow.label(of: $0) } == expected)
        #expect(schedule.last(until: now, after: now) == nil)
    }
}
