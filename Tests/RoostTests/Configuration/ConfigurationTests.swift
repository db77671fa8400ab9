import Roost
import Testing

struct ConfigurationTests {
    private enum Engine: String, CaseIterable { case sqlite, postgres }

    private let configuration = Configuration([
        "PORT": "8080", "BAD_PORT": "70000", "WORDS": "many", "EMPTY": "", "ON": "Yes", "OFF": "0", "ENGINE": "postgres", "NAME": "roost",
    ])

    @Test func readsByType() throws {
        #expect(try configuration.port("PORT", default: 1) == 8080)
        #expect(try configuration.port("NONE", default: 1) == 1)
        #expect(try configuration.integer("EMPTY", default: 5, in: 0...9) == 5)
        #expect(try configuration.flag("ON"))
        #expect(try !configuration.flag("OFF", default: true))
        #expect(try configuration.flag("NONE", default: true))
        #expect(try configuration.choice("ENGINE", default: Engine.sqlite) == .postgres)
        #expect(try configuration.choice("NONE", default: Engine.sqlite) == .sqlite)
        #expect(configuration.string("NAME") == "roost")
        #expect(configuration.string("EMPTY") == nil)
    }

    @Test func saysWhatIsWrong() {
        #expect(throws: ConfigurationError("BAD_PORT=70000 is wrong: it must be a whole number from 0 to 65535")) {
            try configuration.port("BAD_PORT", default: 1)
        }
        #expect(throws: ConfigurationError("WORDS=many is wrong: it must be a whole number from 1 to 9")) {
            try configuration.integer("WORDS", default: 1, in: 1...9)
        }
        #expect(throws: ConfigurationError("WORDS=many is wrong: it must be true or false")) { try configuration.flag("WORDS") }
        #expect(throws: ConfigurationError("WORDS=many is wrong: it must be one of sqlite, postgres")) {
            try configuration.choice("WORDS", default: Engine.sqlite)
        }
    }

    @Test func changesGoOverWhatIsThere() throws {
        let changed = configuration.with(["PORT": "1", "NEW": "x"])
        #expect(try changed.port("PORT", default: 0) == 1)
        #expect(changed.string("NEW") == "x" && changed.string("NAME") == "roost")
        #expect(Configuration.environment.string("PATH") != nil)
    }
}
