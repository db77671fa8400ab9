import Roost
import Testing

/// The suite's `i_` cases, which RFC 8259 leaves to the reader, and how this one handles them. (`i_structure_500_nested_arrays` is in
/// `JSONSuiteTests`: it is rejected.)
struct JSONSuiteEitherTests {
    /// Numbers beyond the range of a type are JSON. The type decides whether a number fits, and none is ever truncated.
    @Test(
        arguments: [
            ("[123.456e-789]", 0), ("[-1e+9999]", nil), ("[1.5e+9999]", nil), ("[-123123e100000]", nil), ("[123123e100000]", nil),
            ("[123e-10000000]", 0), ("[-123123123123123123123123123123]", -123123123123123123123123123123),
            ("[100000000000000000000]", 1e20),
            (
                "[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]",
                nil
            ),
            ("[-237462374673276894279832749832423479823246327846]", -237462374673276894279832749832423479823246327846),
        ] as [(String, Double?)])
    func numbers(text: String, value: Double?) throws {
        #expect(malformed(Skipped.self, text) == nil)
        if let value { #expect(try decode([Double].self, text) == [value]) }
        if value == nil { #expect(faults([Double].self, text) == ["/0 range is too large"]) }
        let fault = value == 0 ? "type must be a whole number" : "range must be from \(Int.min) to \(Int.max)"
        #expect(faults([Int].self, text) == ["/0 \(fault)"])
    }

    @Test(arguments: JSONSuite.loneSurrogates)
    func loneSurrogatesAreRefused(_ each: JSONSuite.Case) {
        for reason in [malformed(Skipped.self, json: each.bytes), malformed(JSONTree.self, json: each.bytes)] {
            #expect(reason == "a surrogate is unpaired")
        }
    }

    @Test(arguments: JSONSuite.invalidUTF8)
    func whatIsNotUTF8IsRefused(_ each: JSONSuite.Case) {
        for reason in [malformed(Skipped.self, json: each.bytes), malformed(JSONTree.self, json: each.bytes)] {
            #expect(reason == "the string is not UTF-8")
        }
    }

    /// JSON between systems is UTF-8 (§8.1). Ignoring a byte order mark is optional.
    @Test(arguments: JSONSuite.otherEncodings)
    func otherEncodingsAreRefused(_ each: JSONSuite.Case) {
        #expect(malformed(Skipped.self, json: each.bytes) == "expected a value" || each.name == "string_utf16LE_no_BOM")
        #expect(malformed(JSONTree.self, json: each.bytes) != nil)
    }
}

extension JSONSuite {
    static let loneSurrogates = cases(
        #"""
        object_key_lone_2nd_surrogate {"\uDFAA":0}
        string_1st_surrogate_but_2nd_missing ["\uDADA"]
        string_1st_valid_surrogate_2nd_invalid ["\uD888\u1234"]
        string_incomplete_surrogate_and_escape_valid ["\uD800\n"]
        string_incomplete_surrogate_pair ["\uDd1ea"]
        string_incomplete_surrogates_escape_valid ["\uD800\uD800\n"]
        string_invalid_lonely_surrogate ["\ud800"]
        string_invalid_surrogate ["\ud800abc"]
        string_inverted_surrogates_U+1D11E ["\uDd1e\uD834"]
        string_lone_second_surrogate ["\uDFAA"]
        """#)

    static let invalidUTF8 = cases(
        #"""
        string_UTF-8_invalid_sequence ["%E6%97%A5%D1%88%FA"]
        string_UTF8_surrogate_U+D800 ["%ED%A0%80"]
        string_invalid_utf-8 ["%FF"]
        string_iso_latin_1 ["%E9"]
        string_lone_utf8_continuation_byte ["%81"]
        string_not_in_unicode_range ["%F4%BF%BF%BF"]
        string_overlong_sequence_2_bytes ["%C0%AF"]
        string_overlong_sequence_6_bytes ["%FC%83%BF%BF%BF%BF"]
        string_overlong_sequence_6_bytes_null ["%FC%80%80%80%80%80"]
        string_truncated-utf-8 ["%E0%FF"]
        """#)

    static let otherEncodings = cases(
        #"""
        string_UTF-16LE_with_BOM %FF%FE[%00"%00%E9%00"%00]%00
        string_utf16BE_no_BOM %00[%00"%00%E9%00"%00]
        string_utf16LE_no_BOM [%00"%00%E9%00"%00]%00
        structure_UTF-8_BOM_empty_object %EF%BB%BF{}
        """#)
}
