import Testing

@testable import RoostSchema

/// The encodings that several modules share.
@Suite struct SmallCodecTests {
    @Test func hexadecimalDigits() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hexadecimal.decode(Hexadecimal.encode(all)) == all)
        #expect(Hexadecimal.encode([0, 9, 0xAF]) == "0009af" && Hexadecimal.decode("00AfFa") == [0, 0xAF, 0xFA])
        for wrong in ["0", "0g", "é", "0x00", " 00", "00\n"] { #expect(Hexadecimal.decode(wrong) == nil, "\(wrong)") }
    }

    /// The vectors of RFC 4648 §10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func base64URL(text: String, encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded && Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test func base64URLHasOneEncodingForAValue() {
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8" && Base64URL.decode("-_8") == [0xFB, 0xFF])
        for wrong in ["Zh", "Zg==", "+_8", "-/8", "Z", "Zm9v\n"] { #expect(Base64URL.decode(wrong) == nil, "\(wrong)") }
    }

    /// The vectors of draft-eastlake-fnv-17.3 §6.
    @Test func fnv1a() {
        #expect(FNV1a.hash("".utf8) == 0xcbf2_9ce4_8422_2325)
        #expect(FNV1a.hash("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(FNV1a.hash("foobar".utf8) == 0x8594_4171_f739_67e8)
    }

    @Test func everyDayOfFourHundredYearsAndMore() {
        var date = CivilDate(daysSince1970: -150_000)
        for days in -149_999...150_000 {
            let next = CivilDate(daysSince1970: days)
            #expect(next.daysSince1970 == days)
            // Each day follows the one before it.
            let follows =
                next.day == date.day + 1 && next.month == date.month
                || next.day == 1 && (next.month == date.month + 1 || next.month == 1 && date.month == 12 && next.year == date.year + 1)
            #expect(follows, "\(date) \(next)")
            date = next
        }
        #expect(CivilDate(daysSince1970: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(CivilDate(year: 2024, month: 2, day: 29)?.daysSince1970 == 19_782)
        for (year, month, day) in [(2023, 2, 29), (1900, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 4, 31), (2024, 4, 0)] {
            #expect(CivilDate(year: year, month: month, day: day) == nil)
        }
    }
}
