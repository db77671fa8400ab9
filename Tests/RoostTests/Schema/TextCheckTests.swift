import FoundationEssentials
import Roost
import Testing

/// The text that is accepted, in both formats.
struct TextCheckTests {
    @Schema
    struct Texts: Equatable {
        @Check(.line(1...40)) var line = "a"
        @Check(.identifier(...40)) var identifier = "a"
        @Check(.line(...3)) var short: String?
    }

    @Schema
    struct Anything: Equatable {
        var text = ""
        var list: [String] = []
        var map: [String: Int] = [:]
        var maps: [String: [Line]] = [:]
        var unit: Unit?
    }

    @Schema
    enum Unit: String {
        case kelvin = "K"
        case café
    }

    @Test(arguments: [
        "Ada", " Ada  Lovelace ", "O'Neil-Smith", "Jürgen", "Ju\u{308}rgen", "علی‌رضا", "क्‍ष", "👩‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "\u{600}7", "山田", "x\u{A0}y",
    ])
    func aLineIsWhatPeopleWrite(text: String) {
        #expect(faults(line: text) == [])
    }

    @Test(arguments: [
        " ", "\t", "\u{A0}", "\u{3000}\u{2003}", "\u{3164}", "\u{2800}", "\u{200D}", "\u{FE0F}", "a\nb", "a\r\nb", "a\r", "a\tb", "a\u{1}b",
        "a\u{7F}", "a\u{85}b",
        "a\u{2028}b", "a\u{2029}", "a\u{202E}b", "a\u{202A}", "a\u{2066}b", "a\u{2069}", "\u{200E}a", "a\u{200F}", "a\u{61C}b",
        "a\u{200B}b",
        "a\u{FEFF}", "a\u{AD}b", "a\u{2060}b", "a\u{206A}", "a\u{E0001}", "a\u{FFFE}", "\u{FFF9}a",
    ])
    func aLineHidesNothing(text: String) {
        #expect(faults(line: text) == ["/line line"])
    }

    @Test func aLineHasItsLength() {
        #expect(faults(line: "") == ["/line length"])
        #expect(faults(line: String(repeating: "x", count: 41)) == ["/line length"])
        #expect(faults(Texts.self, #"{"short":""}"#).map { $0.prefix(11) } == ["/short line"])
        #expect(faults(Texts.self, #"{"short":"abcd"}"#) == ["/short length must have at most 3 characters"])
        #expect(faults(Texts.self, #"{"short":null}"#) == [])
    }

    @Test(arguments: ["TEA-0001", "A/B 1", "café", "a.b", "...", "한국", "q\u{301}", "\u{301}"])
    func anIdentifierIsWhatCanBeSeen(text: String) {
        #expect(faults(identifier: text) == [])
    }

    @Test(arguments: [
        ".", "..", "a/..", "a/ /b", "../a", "./", " a", "a ", "\u{A0}", "a\u{A0}b", "a\nb", "cafe\u{301}", "\u{212A}", "\u{37E}",
        "a\u{200D}b",
        "a\u{FE0F}", "\u{958}", "\u{1100}\u{1161}", "a\u{301}\u{316}",
    ])
    func anIdentifierIsTheOnlySpellingOfItself(text: String) {
        #expect(faults(identifier: text) == ["/identifier identifier"])
    }

    @Test func textsThatTakeLongToNormalizeAreNone() {
        let marks = "a" + String(repeating: "\u{316}\u{301}", count: 1 << 18)
        #expect(!marks.isComposed)
        #expect(("q" + String(repeating: "\u{301}", count: 30)).isComposed)
        #expect(!("q" + String(repeating: "\u{301}", count: 31)).isComposed)
        #expect(faults(Anything.self, #"{"map":{"\#(marks)":1}}"#).map { $0.prefix(8) } == ["/map key"])
    }

    @Test(arguments: ["", "a", "é", "long enough for eight bytes at a time"])
    func noTextHasTheCharacterNull(text: String) {
        for text in ["\0" + text, text + "\0", text + "\0" + text] {
            let value = Anything(text: text, list: ["a", text])
            let expected = [
                "/text characters must not contain the character U+0000", "/list/1 characters must not contain the character U+0000",
            ]
            #expect(faults(Anything.self, JSON.text(value)) == expected)
            #expect(faults(Anything.self, Protobuf.encode(value)) == expected)
        }
        #expect(faults(Anything.self, #"{"unknown\u0000":"\u0000","text":"a\\u0000"}"#) == [])
        #expect(faults(UUID.self, #""\u0000""#).count == 1)
    }

    @Test(arguments: ["a\0", "e\u{301}", "\u{212A}"])
    func aKeyOfAMapIsTheOnlySpellingOfItself(key: String) {
        let value = Anything(map: [key: 1], maps: [key: [Line(sku: "", quantity: 0, unitPrice: 0)]])
        let expected = ["/map key", "/maps key"]
        #expect(faults(Anything.self, JSON.text(value)).map { String($0.split(separator: " has")[0]) } == expected)
        #expect(faults(Anything.self, Protobuf.encode(value)).map { String($0.split(separator: " has")[0]) } == expected)
        #expect(faults(Anything.self, "{\"map\":{\"é\":1,\"e\u{301}\":2}}").count == 1)
    }

    @Test func aWordIsMatchedByItsBytes() throws {
        #expect(try decode(Unit.self, #""K""#) == .kelvin)
        #expect(faults(Unit.self, "\"\u{212A}\"") == [" enum must be one of K, café"])
        #expect(faults(Unit.self, "\"cafe\u{301}\"") == [" enum must be one of K, café"])
        #expect(Unit(parameter: "café") == .café && Unit(parameter: "cafe\u{301}") == nil)
    }

    // MARK: What the tests share

    /// The faults in both formats, each as pointer and rule.
    private func faults(line: String) -> [String] { faults(Texts(line: line)) }
    private func faults(identifier: String) -> [String] { faults(Texts(identifier: identifier)) }

    private func faults(_ texts: Texts) -> [String] {
        let json = faults(Texts.self, JSON.text(texts)), message = faults(Texts.self, Protobuf.encode(texts))
        #expect(json == message)
        return json.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    private func faults<Value: Schema>(_ type: Value.Type, _ text: String) -> [String] { RoostTests.faults(type, text) }
    private func faults<Value: Schema>(_ type: Value.Type, _ bytes: [UInt8]) -> [String] { RoostTests.faults(type, bytes) }
}
