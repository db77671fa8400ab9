import Roost
import Testing

/// Typed settings: an invalid value is never ignored.
@Suite struct SettingTests {
    private enum Engine: String, CaseIterable { case sqlite, postgres }

    private let workers = Setting("WORKERS", allowed: 1...9, default: 5, purpose: "How many.")
    private let isOn = Setting("ON", default: true, purpose: "Whether.")
    private let engine = Setting("ENGINE", default: Engine.sqlite, purpose: "Which.")
    private let name = Setting("NAME", default: "nobody", purpose: "Who.")
    /// A secret whose name does not reveal it.
    private let word = Setting<String?>(
        "WORD", allowed: "8 letters", isSecret: true, purpose: "What is whispered.", parse: { $0.count == 8 ? $0 : nil })

    private var all: [any SettingDeclaration] { [workers, isOn, engine, name, word] }

    @Test func readsByType() throws {
        let settings = Settings(["WORKERS": "2", "ON": "off", "ENGINE": "postgres", "NAME": "roost", "WORD": "whispers"])
        #expect(try settings[workers] == 2 && !settings[isOn] && settings[engine] == .postgres)
        #expect(try settings[name] == "roost" && settings[word] == "whispers")
        #expect(settings.faults(in: all).isEmpty)
    }

    @Test(arguments: [Settings([:]), Settings(["WORKERS": "", "ON": "", "ENGINE": "", "NAME": "", "WORD": ""])])
    func whatIsNotGivenOrEmptyHasItsDefault(settings: Settings) throws {
        #expect(try settings[workers] == 5 && settings[isOn] && settings[engine] == .sqlite)
        #expect(try settings[name] == "nobody" && settings[word] == nil)
        #expect(settings.faults(in: all).isEmpty)
    }

    @Test func saysEverythingThatIsWrongALineEach() {
        let settings = Settings(["WORKERS": "10", "ON": "maybe", "ENGINE": "oracle", "WORD": "hunter2"])
        let lines = [
            "WORKERS=10 is wrong: it must be a whole number from 1 to 9", "ON=maybe is wrong: it must be true or false",
            "ENGINE=oracle is wrong: it must be one of sqlite, postgres", "WORD=*** is wrong: it must be 8 letters",
        ]
        #expect(settings.faults(in: all + [workers]) == lines)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationError.check(settings.faults(in: all)) }
        #expect(error?.faults == lines && error?.description == lines.joined(separator: "\n"))
        #expect(throws: ConfigurationError(lines[0])) { try settings[workers] }
    }

    @Test func aPortIsANumberOfTwoBytes() {
        #expect(throws: ConfigurationError("PORT=70000 is wrong: it must be a whole number from 0 to 65535")) {
            try Settings(["PORT": "70000"])[.port(default: 1)]
        }
    }

    @Test func whatIsGivenLaterStandsBefore() throws {
        let changed = Settings(["PORT": "1", "NAME": "x"]).with(["PORT": "2"]).with(Settings(["NAME": "y"]))
        #expect(try changed[.port(default: 0)] == 2 && changed[name] == "y" && changed.keys == ["NAME", "PORT"])
        #expect(Settings.environment.text("PATH") != nil)
    }

    @Test func aDeclarationDescribesItself() {
        #expect(workers.fallbackText == "5" && engine.fallbackText == "sqlite" && word.fallbackText == "none")
        #expect(word.isSecret && !name.isSecret)
        #expect(Setting("API_TOKEN", default: "", purpose: "A token.").isSecret)
    }
}
