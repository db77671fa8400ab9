import Roost
import Testing

/// The suite through the two ways that a text is read: into values, and passed over as the value of a key that no one knows.
struct JSONSuiteTests {
    @Test func isWhole() {
        #expect(JSONSuite.accepted.count == 95)
        #expect(JSONSuite.refused.count == 186)
    }

    /// What the suite holds twice is a key, and refused: which of the two counts would depend on the reader (RFC 8259 §4).
    private static let duplicates = ["object_duplicated_key", "object_duplicated_key_and_value"]

    @Test(arguments: JSONSuite.accepted)
    func accepted(_ each: JSONSuite.Case) {
        #expect(malformed(Skipped.self, json: each.bytes) == nil)
        #expect(malformed(Stranger.self, json: each.asUnknownKey) == nil)
        #expect(malformed(JSONTree.self, json: each.bytes) == (Self.duplicates.contains(each.name) ? "the key a occurs twice" : nil))
    }

    @Test(arguments: JSONSuite.refused)
    func refused(_ each: JSONSuite.Case) {
        #expect(malformed(Skipped.self, json: each.bytes) != nil)
        #expect(malformed(Stranger.self, json: each.asUnknownKey) != nil)
        #expect(malformed(JSONTree.self, json: each.bytes) != nil)
    }

    @Test func refusedForTheirDepth() {
        for text in [String(repeating: "[", count: 100_000), String(repeating: "[{\"\":", count: 50_000) + "\n"] {
            #expect(malformed(Skipped.self, text) == "nested deeper than 128")
            #expect(malformed(JSONTree.self, text) == "nested deeper than 128")
        }
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(malformed(JSONTree.self, nested(JSONReader.maximumDepth)) == nil)
        // The suite's `i_structure_500_nested_arrays` is 500 deep.
        for depth in [JSONReader.maximumDepth + 1, 500] {
            #expect(malformed(JSONTree.self, nested(depth)) == "nested deeper than 128")
            #expect(malformed(Skipped.self, nested(depth)) == "nested deeper than 128")
        }
    }

    @Test func saysWhereItBroke() {
        #expect(throws: Problem.self) {
            do throws(DecodingFailure) { _ = try decode([Int].self, "[1, 2") } catch {
                #expect(error.problem.detail == "The body is not JSON: expected , or ] at byte 5.")
                throw error.problem
            }
        }
    }
}

extension JSONSuite.Case {
    fileprivate var asUnknownKey: [UInt8] { Array(#"{"unknown":"#.utf8) + bytes + Array("}".utf8) }
}

/// Any JSON at all, passed over.
struct Skipped: Schema {
    static var schema: JSONSchema { .string }

    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Skipped? {
        try json.skipValue()
        return Skipped()
    }

    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Skipped? { nil }
    func encode(to message: inout ProtobufWriter) {}
    func encode(to json: inout JSONWriter) { json.literal("null") }
}

/// An object that knows none of the keys that the tests give it.
@Schema
struct Stranger: Hashable {
    var known: Int?
}

/// Why bytes are not JSON; `nil` where they are, whatever their values.
func malformed<Value: Schema>(_ type: Value.Type, json bytes: [UInt8]) -> String? {
    do throws(DecodingFailure) { _ = try JSON.decode(Value.self, from: bytes) } catch {
        if case .malformed(let reason) = error { return reason.message }
    }
    return nil
}
