import Foundation
import Roost
import Testing

@testable import RoostDocuments

/// The recorded schemas of events, and what they keep from being released.
struct EventExportTests {
    private static let hungry = EventDescription(AnimalHungry.self)

    private func file(_ version: Int, _ text: (String) -> String = { $0 }) throws -> EventSchemaFile {
        let file = try #require(try EventExport([Self.hungry], keeping: []).files.first { $0.version == version })
        return try #require(EventSchemaFile(name: file.name, text: text(file.text)))
    }

    private func breaks(of files: EventSchemaFile...) -> [String]? {
        do {
            _ = try EventExport([Self.hungry], keeping: files)
            return []
        } catch {
            return error.code == .breakingChange ? error.faults : nil
        }
    }

    @Test func eachVersionHasAFileThatIsAJSONSchema() async throws {
        let export = try EventExport([EventDescription(AnimalAdmitted.self), Self.hungry], keeping: [])
        #expect(export.files.map(\.name) == ["zoo.admitted.v1.json", "zoo.hungry.v1.json", "zoo.hungry.v2.json"])
        for file in export.files {
            let complaints = try await PythonCheck.complaints(
                of: """
                    import json, sys
                    from jsonschema import Draft202012Validator as Validator
                    schema = json.load(open(sys.argv[1]))
                    Validator.check_schema(schema)
                    if Validator(schema).is_valid({}): print("it accepts anything")
                    """, about: file.text)
            #expect(complaints == "")
        }
        #expect(try EventExport([Self.hungry], keeping: export.files).files == Array(export.files.dropFirst()))
    }

    @Test func aBreakInTheCurrentVersionNeedsANewOne() throws {
        let recorded = try file(2) { $0.replacing("\"meals\"", with: "\"dishes\"") }
        #expect(
            breaks(of: recorded) == [
                "zoo.hungry 2: dishes was removed: undo this, or set `version` to 3 and declare version 2 in `earlier`",
                "zoo.hungry 2: meals is new and required, but events so far lack it: "
                    + "undo this, or set `version` to 3 and declare version 2 in `earlier`",
            ])
    }

    @Test func anEarlierVersionDoesNotChangeAtAll() throws {
        #expect(breaks(of: try file(1)) == [])
        let lacking = try file(1) { $0.replacing("\"meal\": {", with: "\"food\": {") }
        #expect(breaks(of: lacking)?.first == "zoo.hungry 1: food was removed: restore the type of this earlier version")
        let wider = try file(1) { $0.replacing("\"format\": \"uuid\"", with: "\"format\": \"uuid\", \"maxLength\": 36") }
        #expect(breaks(of: wider) == ["zoo.hungry 1: id is not as in zoo.hungry.v1.json: restore the type of this earlier version"])
    }

    @Test func aVersionThatIsGoneIsMissed() throws {
        let later = try #require(EventSchemaFile(name: "zoo.hungry.v4.json", text: "{}"))
        #expect(breaks(of: later) == ["zoo.hungry 4: it was recorded, but the event has version 2: set `version` to 4"])
        let admitted = EventDescription(AnimalHungryWithoutHistory.self)
        #expect {
            try EventExport([admitted], keeping: [try file(1), try file(2)])
        } throws: { error in
            "\(error)".contains(
                "zoo.hungry 1: it can no longer be read: declare it in `earlier`, or delete zoo.hungry.v1.json if no event of it is left")
        }
    }

    @Test func otherFilesAreLeftAlone() {
        for name in ["README.md", "zoo.hungry.json", "zoo.hungry.v0.json", "zoo.hungry.v1.json.orig", "v1.json"] {
            #expect(EventSchemaFile(name: name, text: "") == nil, "\(name)")
        }
        #expect(EventSchemaFile(name: "zoo.hungry.v12.json", text: "")?.version == 12)
    }
}

/// An animal is hungry.
@Schema
struct AnimalHungryWithoutHistory: Event {
    static let topic = "zoo.hungry", version = 2
    var id: UUID
    var meals: [Meal]
    var key: String { id.text }
}
