import FoundationEssentials
import Roost
import Testing

struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1985-04-12T23:20:50.52Z", 482_196_050.52), ("1996-12-19T16:39:57-08:00", 851_042_397),
        ("1937-01-01T12:00:27.87+00:20", -1_041_337_172.13), ("2000-02-29t00:00:00z", 951_782_400), ("2026-11-24 05:46:15Z", 1_795_499_175),
        ("1990-12-31T23:59:60Z", 662_688_000), ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func parses(text: String, seconds: Double) throws {
        let date = try #require(RFC3339.parse(text.utf8))
        #expect((date.timeIntervalSince1970 * 1000).rounded() == (seconds * 1000).rounded())
    }

    @Test(arguments: [
        "", "2026-11-24", "2026-11-24T05:46:15", "2026-11-24T05:46Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z", "26-01-01T00:00:00Z", "2026-1-1T00:00:00Z", "+2026-01-01T00:00:00Z",
        "２026-01-01T00:00:00Z",
    ])
    func refuses(text: String) {
        #expect(RFC3339.parse(text.utf8) == nil)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-0.5, "1969-12-31T23:59:59.500Z"), (951_782_399.999, "2000-02-28T23:59:59.999Z"),
        (1_795_499_175.25, "2026-11-24T05:46:15.250Z"), (-62_167_219_200, "0000-01-01T00:00:00.000Z"), (1e15, "9999-12-31T23:59:59.999Z"),
        (-1e15, "0000-01-01T00:00:00.000Z"), (.nan, "0000-01-01T00:00:00.000Z"), (0.9996, "1970-01-01T00:00:01.000Z"),
    ])
    func formats(seconds: Double, text: String) {
        #expect(RFC3339.format(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test func readsBackEveryDayOfFourCenturies() throws {
        for day in 0..<146_097 {
            let date = Date(timeIntervalSince1970: Double(day) * 86400 + Double(day % 1000) / 1000)
            let read = try #require(RFC3339.parse(RFC3339.format(date).utf8))
            if abs(read.timeIntervalSince(date)) > 0.000_001 { Issue.record("\(RFC3339.format(date)) is off") }
        }
    }
}
