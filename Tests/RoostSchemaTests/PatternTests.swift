import RoostPattern
import Testing

/// Regular expressions whose time is proportional to the text.
struct PatternTests {
    @Test(arguments: [
        ("abc", "xabcx", true), ("^abc$", "xabc", false), ("^a*$", "", true), ("^(a|b)+$", "abab", true), ("^(a|b)+$", "", false),
        ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaaa", true),
        ("^a{2}$", "aa", true),
        ("^[^a-c]$", "d", true), ("^[^a-c]$", "b", false), (#"^\d{4}-\d\d$"#, "2026-11", true), (#"^[\w.-]+$"#, "a_b.c-d", true),
        (#"^[\w.-]+$"#, "a b", false), (#"^\S\s\D$"#, "a b", true), ("^.$", "é", true), ("^.$", "\n", false), (#"^\u00e9$"#, "é", true),
        (#"^[\u0041-\u0043]$"#, "B", true), (#"^[a\-z]$"#, "-", true), ("^(?:ab)?c$", "c", true), ("^a??b$", "ab", true),
        ("a|^b|c$", "xc", true),
        ("a|^b|c$", "xb", false), ("", "anything", true), ("^$", "", true), ("^(a|ab)(c|bcd)$", "abcd", true), ("^[]$", "a", false),
    ])
    func matches(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try PatternProgram(pattern).matches(text) == isMatch)
    }

    @Test(arguments: [
        "(", ")", "[a", "a{2", "a{3,2}", "*", "a**", #"\"#, #"(a)\1"#, "(?=a)", "(?<!a)b", #"\b"#, "[z-a]", "a{501}", "(a{30}){30}", "}",
        #"\u12"#,
    ])
    func refuses(pattern: String) {
        #expect(throws: PatternError.self) { try PatternProgram(pattern) }
    }

    /// A backtracking engine would take 2 to the power of 5,000 steps.
    @Test func takesBoundedTime() throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        #expect(try !PatternProgram("^(a+)+$").matches(text))
        #expect(try !PatternProgram("^(a|a)*$").matches(text))
        #expect(try PatternProgram("(.*)*!$").matches(text))
    }
}
