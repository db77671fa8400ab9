import Foundation
import RoostSchema
import Testing

/// Bytes, URLs, sets, free JSON and values of foreign types.
struct ValueTypeTests {
    @Schema
    struct Upload: Equatable {
        @Check(.count(1...4)) var content: Data
        var source: URL?
        var tags: Set<String> = []
        var settings: JSONValue = [:]
        var point: Foreign<Point>?
    }

    struct Point: Codable, Hashable, Sendable { var x, y: Double }

    private let upload = Upload(
        content: Data([0xFB, 0xFF, 0]), source: URL(string: "https://example.com/a?b=c"), tags: ["b", "a"],
        settings: ["list": [1, nil, true, 2.5], "text": "x"], point: Foreign(Point(x: 1, y: 2)))

    @Test func travelsBothWays() throws {
        try expectSame(upload)
        try expectSame(Upload(content: Data([1])))
        #expect(
            JSON.text(upload)
                == #"{"content":"+/8A","source":"https://example.com/a?b=c","tags":["a","b"],"#
                + #""settings":{"list":[1,null,true,2.5],"text":"x"},"point":{"x":1,"y":2}}"#)
        #expect(try Protobuf.fields(of: Protobuf.encode(upload))[0].bytes == [0xFB, 0xFF, 0])
    }

    @Test func faultsHaveTheirPlaces() {
        let text =
            #"{"content":"?","source":"/relative","tags":["a","a"],"settings":{"n":1e999},"point":{"x":1}}"#
        #expect(
            faults(Upload.self, text) == ["/content format", "/source format", "/tags unique", "/settings/n range", "/point/y type"])
        #expect(faults(Upload.self, #"{"content":""}"#) == ["/content count"])
        #expect(faults(Upload.self, #"{"content":"AAAAAAA="}"#) == ["/content count"])
        #expect(messageFaults(Set<Int>.self, [0x0A, 2, 1, 1]) == [" unique"])
    }

    @Test func inMemoryAsInText() {
        var upload = upload
        upload.source = URL(string: "relative")
        upload.settings = ["a": .number(.nan), "b\0": 1]
        upload.point = Foreign(Point(x: .infinity, y: 0))
        #expect(FaultCollector.faults(in: upload).map(\.pointer) == ["/source", "/settings/a", "/settings", "/point"])
    }

    @Test func anyJSONIsAGoogleValue() throws {
        // {"a":[null,true,1.5,"x"]} as a google.protobuf.Struct.
        let bytes: [UInt8] =
            [0x2A, 33, 0x0A, 31, 0x0A, 1, 0x61, 0x12, 26, 0x32, 24]
            + [0x0A, 2, 0x08, 0, 0x0A, 2, 0x20, 1, 0x0A, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x0A, 3, 0x1A, 1, 0x78]
        let value: JSONValue = ["a": [nil, true, 1.5, "x"]]
        #expect(Protobuf.encode(value) == bytes)
        #expect(try Protobuf.decode(JSONValue.self, from: bytes) == value)
        #expect(messageFaults(JSONValue.self, []) == [" required"])
    }
}
