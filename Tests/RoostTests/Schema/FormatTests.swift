import Roost
import Testing

struct FormatTests {
    @Schema
    struct Texts {
        @Check(.format(.email)) var email = "a@b.de"
        @Check(.format(.uri)) var uri = "http://a"
        @Check(.format(.token)) var token = "a"
        @Check(.length(2...3)) var length = "ab"
        @Check(.length(1...1), .format(.token)) var letter: String?
    }

    @Test(arguments: [
        ("email", "ada@example.com", true), ("email", "a.b+c@sub.example.co", true), ("email", "o'neil@x-y.de", true),
        ("email", "ada", false),
        ("email", "ada@localhost", false), ("email", "@example.com", false), ("email", "ada@-x.de", false), ("email", "ada@x..de", false),
        ("email", "a@b@c.de", false), ("email", "ä@example.com", false), ("email", "ada@example.com ", false),
        ("uri", "https://example.com/a?b=c#d", true), ("uri", "http://127.0.0.1:8000", true), ("uri", "ftp://example.com", false),
        ("uri", "https://", false), ("uri", "https:///a", false), ("uri", "https://a b", false), ("uri", "https://ä.de", false),
        ("token", "A-1_b.c", true), ("token", "", false), ("token", "..", false), ("token", "a/b", false), ("token", "ä", false),
        ("length", "a", false), ("length", "äöü", true), ("length", "👩‍👩", true), ("length", "abcd", false), ("letter", "x", true),
        ("letter", "xy", false),
    ])
    func accepts(field: String, text: String, isAccepted: Bool) {
        #expect(faults(Texts.self, "{\"\(field)\":\(JSON.text(text))}").isEmpty == isAccepted)
    }

    @Test func saysHowManyInWords() {
        #expect(
            faults(Texts.self, #"{"letter":""}"#) == [
                "/letter length must have 1 character", "/letter format must be letters, digits, '-', '_' or '.'",
            ])
    }
}
