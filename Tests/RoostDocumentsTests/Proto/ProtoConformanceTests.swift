import Foundation
import Roost
import RoostDocuments
import RoostTesting
import TestTools
import Testing

/// Google's compiler accepts the exported files, and its Python library reads what is written and writes what is read.
struct ProtoConformanceTests {
    @Test func pythonReadsAndWritesEveryType() async throws {
        var peer = try PythonPeer()
        try peer.add(WarehouseAPIContract.description)
        let things = [Everything.full, .empty]
        for (index, thing) in things.enumerated() { try peer.add(thing, "ware_house.Everything", "\(index)") }
        let contents: [Everything.Content] = [
            .text(""), .list([]), .maybe(0), .both(first: .nothing), .nothing, .choice(.default),
            .both(first: .list([0]), second: .nothing),
        ]
        for (index, content) in contents.enumerated() { try peer.add(content, "ware_house.EverythingContent", "content\(index)") }
        try peer.add(Page(items: things), "ware_house.PageOfEverything", "page")

        let tool = try await peer.run()
        #expect(tool.status == 0 && tool.output.hasSuffix("agreed\n"), "\(tool.output)")
        for (index, thing) in things.enumerated() { #expect(try peer.answer("\(index)") == thing) }
        for (index, content) in contents.enumerated() { #expect(try peer.answer("content\(index)") == content) }
        #expect((try peer.answer("page") as Page<Everything>).items == things)
    }

    @Test func namesThatGetInOneAnothersWay() async throws {
        var peer = try PythonPeer()
        let words = JSONSchema.words("Service", .init("unspecified", 1), .init("a-b", 2), .init("a_b", 3), .init("", 4), .init("9", 5))
        let other = JSONSchema.object("Clash") { JSONSchema.Field("other", .string) }
        let clash = JSONSchema.object("Clash") {
            JSONSchema.Field("choice", words)
            JSONSchema.Field("aB", .of(String?.self))
            JSONSchema.Field("a_b", .of([String: Int].self))
            JSONSchema.Field("_aB", .of([String: [Int?]].self))
            JSONSchema.Field("9 lives ü", other)
            JSONSchema.Field("message \"x\" \\", .constrained(.integer, []))
        }
        let choice = JSONSchema.choice("clash") {
            JSONSchema.Field("choice", clash)
            JSONSchema.Field("choice_", .of([Int].self))
        }
        // The entries of its maps are named like the messages that it contains.
        let entry = JSONSchema.object("CacheEntry") { JSONSchema.Field("text", .string) }
        let cache = JSONSchema.object("Cache") {
            JSONSchema.Field("cache", .dictionary(of: entry))
            JSONSchema.Field("latest", .array(of: entry))
            JSONSchema.Field("first", .nullable(entry))
        }
        let none = JSONSchema.choice("none", description: "Line one.\nLine \"two\" */ //.") {}
        try peer.add(
            ContractDescription(
                "clash", summary: "One.\n\nTwo.",
                routes: [
                    Route("clash.goReply", .get, "/z", reply: .object("GoReply") {}),
                    Route("clash.go", .post, "/", body: choice, reply: .array(of: none)),
                    Route("clash.clash", .post, "/x", body: .object("GoReply") {}, reply: .nullable(words)),
                    Route(
                        "clash.body", .post, "/y",
                        parameters: [.init("body", in: .query, isRequired: false, schema: .integer)], body: .array(of: .binary)),
                    Route("clash.cache", .get, "/cache", reply: cache),
                ]))
        let tool = try await peer.run()
        #expect(tool.status == 0 && tool.output.hasSuffix("agreed\n"), "\(tool.output)")
    }

    @Test func whatIsGoneIsReserved() async throws {
        var peer = try PythonPeer()
        let lock = try ProtoLock(
            parsing: """
                message ware_house.EverythingNode
                  1 name string
                  reserved 9 gone
                  7 gone_too repeated string
                enum ware_house.EverythingKind
                  reserved 20 EVERYTHING_KIND_GONE
                """)
        let export = try ProtoExport([WarehouseAPIContract.description], keeping: lock)
        for file in export.files { try peer.add(file) }
        let tool = try await peer.run()
        #expect(tool.status == 0 && tool.output.hasSuffix("agreed\n"), "\(tool.output)")
        #expect(export.files[0].text.contains("  reserved 7, 9;\n  reserved \"gone_too\", \"gone\";\n"))
        #expect(export.files[0].text.contains("  reserved 20;\n  reserved \"EVERYTHING_KIND_GONE\";\n"))
    }
}

/// A folder of files for Python to check.
private struct PythonPeer {
    private let folder: TemporaryFolder
    private var messages = ""

    init() throws { folder = try TemporaryFolder() }

    mutating func add(_ contract: ContractDescription) throws { try add(ProtoFile(contract)) }

    mutating func add(_ file: ProtoFile) throws {
        try write(Array(file.text.utf8), file.name)
        try write(file.descriptor, file.name + ".descriptor")
    }

    mutating func add(_ value: some Schema, _ type: String, _ file: String) throws {
        try write(Protobuf.encode(value), file + ".message")
        try write(JSON.encode(value), file + ".json")
        messages += "\(type) \(file)\n"
    }

    func run() async throws -> Tool {
        try write(Array(messages.utf8), "messages")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python_peer.py").path
        return try await Tool.python(script, [folder.url.path])
    }

    func answer<Value: Schema>(_ file: String) throws -> Value {
        try Protobuf.decode(from: Array(try Data(contentsOf: folder.url.appending(path: file + ".answer"))))
    }

    private func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: folder.url.appending(path: name)) }
}
