import RoostSchema
import Testing

/// JSON that is passed on as it is.
struct RawJSONTests {
    @Schema
    struct Letter: Equatable {
        var to: String
        var content: RawJSON
    }

    @Test(arguments: [#"{"b":1,"a":[12345678901234567890.123, "\u00e9"],"a2":{}}"#, "null", "-0.0", #""text""#, "[]"])
    func theTextIsKept(text: String) throws {
        let bytes = Array(#"{"content":  \#(text)  ,"to":"a"}"#.utf8)
        let letter = try JSON.decode(Letter.self, from: bytes)
        #expect(String(decoding: letter.content.bytes, as: UTF8.self) == text)
        #expect(JSON.text(letter) == #"{"to":"a","content":\#(text)}"#)
        #expect(try RawJSON(Array(text.utf8)) == letter.content)
        #expect(try Protobuf.decode(Letter.self, from: Protobuf.encode(letter)).to == "a")
    }

    @Test(arguments: ["", "{", "{} 1", "01", #"{"a":1,}"#, "nul", String(repeating: "[", count: 200)])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: DecodingFailure.self) { try RawJSON(Array(text.utf8)) }
        #expect(throws: DecodingFailure.self) { try JSON.decode(Letter.self, from: Array(#"{"to":"a","content":\#(text)}"#.utf8)) }
    }

    /// Protocol Buffers have a message for a value, whose numbers are doubles.
    @Test func itIsAValueInProtocolBuffers() throws {
        let letter = Letter(to: "a", content: try RawJSON(Array(#"{"b":[1,null],"a":true}"#.utf8)))
        let read = try Protobuf.decode(Letter.self, from: Protobuf.encode(letter))
        #expect(try JSON.decode(JSONValue.self, from: read.content.bytes) == ["a": true, "b": [1, nil]])
        #expect(FaultCollector.faults(in: letter).isEmpty)
    }
}
