import Foundation
import Roost
import RoostDocuments
import RoostSystemTesting
import Testing

@testable import RoostSystem

@Suite struct ProtoFolderTests {
    private let folder: TemporaryFolder
    private var protos: ProtoFolder { ProtoFolder(path: folder.path + "/protos") }

    init() throws { folder = try TemporaryFolder() }

    private func contract(_ fields: JSONSchema.Field...) -> [ContractDescription] {
        let order = JSONSchema.object(name: "Order", description: "") { fields }
        return [ContractDescription("orders", routes: [Route("orders.place", .post, "/orders", body: order)])]
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder.path)/protos/\(name)", encoding: .utf8) }

    @Test func whatWasWrittenIsUpToDate() throws {
        let before = contract(.init("id", .uuid), .init("note", .string))
        #expect(try protos.stale(before, []).map { $0.split(separator: "/").last } == ["orders.proto", "protos.lock"])
        try protos.write(before, [])
        #expect(try protos.stale(before, []).isEmpty)

        let after = contract(.init("id", .uuid), .init("more", .integer, number: 3))
        #expect(try protos.stale(after, []).count == 2)
        try protos.write(after, [])
        #expect(try protos.stale(after, []).isEmpty)
        #expect(
            try text("orders.proto").contains(
                "message Order {\n  reserved 2;\n  reserved \"note\";\n  string id = 1;\n  int64 more = 3;\n}"))
        #expect(try text("protos.lock").contains("  reserved 2 note\n"))
    }

    @Test func aBreakIsRefusedAndChangesNothing() throws {
        try protos.write(contract(.init("id", .uuid)), [])
        let before = try (text("orders.proto"), text("protos.lock"))
        let broken = contract(.init("id", .integer))
        #expect { try protos.write(broken, []) } throws: {
            "\($0)".hasSuffix("orders.Order: id was string and is now int64: add a new field instead")
        }
        #expect(throws: ConfigurationError.self) { try protos.stale(broken, []) }
        #expect(try (text("orders.proto"), text("protos.lock")) == before)
    }

    @Test func theSchemasOfEventsAreBesideTheLock() throws {
        let event = EventDescription(Joined.self)
        #expect(try protos.stale([], [event]).map { $0.split(separator: "/").last } == ["protos.lock", "people.joined.v1.json"])
        try protos.write([], [event])
        #expect(try protos.stale([], [event]).isEmpty)
        let schema = try text("events/people.joined.v1.json")
        #expect(schema.contains("\"$id\": \"urn:events:people.joined:1\""))

        let recorded = schema.replacing("\"name\": {", with: "\"title\": {")
        try recorded.write(toFile: "\(folder.path)/protos/events/people.joined.v1.json", atomically: true, encoding: .utf8)
        #expect { try protos.stale([], [event]) } throws: {
            "\($0)".hasSuffix(
                "/events:\n  people.joined 1: title was removed: undo this, or set `version` to 2 and declare version 1 in `earlier`"
                    + "\n  people.joined 1: name is new and required, but events so far lack it: "
                    + "undo this, or set `version` to 2 and declare version 1 in `earlier`")
        }
        try "{".write(toFile: "\(folder.path)/protos/events/people.joined.v1.json", atomically: true, encoding: .utf8)
        #expect { try protos.stale([], [event]) } throws: {
            "\($0)".hasPrefix("people.joined.v1.json cannot be read: The text is not JSON")
        }
    }

    @Test func aLockThatCannotBeReadIsNamed() throws {
        let lock = folder.path + "/lock"
        try "message\n".write(toFile: lock, atomically: true, encoding: .utf8)
        #expect { try ProtoFolder(path: folder.path, lock: lock).stale([], []) } throws: {
            "\($0)".hasSuffix("/lock: line 1 of the lock is invalid: message")
        }
    }

    @Test func theCommandLineSaysWhatToDo() throws {
        #expect(try (SystemCommand.parseAsRoot(["--together", "--port", "9"]) as? SystemCommand)?.options.port == 9)
        let protos = try #require(try SystemCommand.parseAsRoot(["protos", "--out", folder.path, "--check"]) as? ProtosCommand)
        #expect(throws: ConfigurationError.self) { try protos.run(on: contract(.init("id", .uuid)), []) }
        #expect(throws: (any Error).self) { try SystemCommand.parseAsRoot(["--check"]) }
    }
}

/// Somebody joined.
@Schema
struct Joined: Event {
    static let topic = "people.joined"
    var name: String
    var key: String { name }
}
