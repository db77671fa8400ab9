import FoundationEssentials
import Roost
import Testing

/// The bytes that "Protocol Buffers Encoding" gives for its examples, and the rules in its text.
struct ProtobufWireTests {
    @Test(arguments: [
        (Example(a: 150, b: ""), "08 96 01"),
        (Example(a: 0, b: "testing"), "12 07 74 65 73 74 69 6e 67"),
        (Example(a: 0, b: "", c: Example.Inner(a: 150)), "1a 03 08 96 01"),
        (Example(a: 0, b: "", c: Example.Inner(a: 0)), "1a 00"),
        (Example(a: -2, b: ""), "08 fe ff ff ff ff ff ff ff ff 01"),
        (Example(a: 0, b: "", d: ["hello", "", "x"]), "22 05 68 65 6c 6c 6f 22 00 22 01 78"),
        (Example(a: 0, b: "", f: [3, 270, 86942]), "32 06 03 8e 02 9e a7 05"),
        (Example(a: 0, b: "", g: ["b": 0, "a": 2]), "3a 05 0a 01 61 10 02 3a 05 0a 01 62 10 00"),
        (Example(a: 0, b: ""), ""),
    ])
    func writesWhatTheSpecificationWrites(value: Example, bytes: String) throws {
        #expect(Protobuf.encode(value) == hex(bytes))
        #expect(try Protobuf.decode(Example.self, from: hex(bytes)) == value)
    }

    @Test(arguments: [
        ("08 01 08 02", Example(a: 2, b: "")),  // the last one wins
        ("32 01 01 30 02 32 02 03 04", Example(a: 0, b: "", f: [1, 2, 3, 4])),  // packed and not
        ("1a 02 08 01 1a 00", Example(a: 0, b: "", c: Example.Inner(a: 0))),  // messages are not merged
        ("3a 03 0a 01 61 3a 02 10 05 3a 05 0a 01 61 10 07", Example(a: 0, b: "", g: ["a": 7, "": 5])),
        ("3a 07 10 01 0a 01 61 18 09", Example(a: 0, b: "", g: ["a": 1])),
        ("0a 01 78", Example(a: 0, b: "")),  // another wire type than the field's is unknown
        ("98 06 96 01 99 06 00 00 00 00 00 00 00 00 9a 06 02 01 02 9d 06 00 00 00 00", Example(a: 0, b: "")),
        ("9b 06 08 01 9b 06 9c 06 12 01 78 9c 06 08 05", Example(a: 5, b: "")),  // groups
        ("08 80 80 80 80 80 80 80 80 80 00", Example(a: 0, b: "")),  // ten bytes where one would do
        ("88 80 80 80 00 07", Example(a: 7, b: "")),  // a tag longer than it need be
    ])
    func readsWhatOthersMayWrite(bytes: String, value: Example) throws {
        #expect(try Protobuf.decode(Example.self, from: hex(bytes)) == value)
    }

    @Test(arguments: [
        ("08", "a number is incomplete"), ("08 96", "a number is incomplete"),
        ("08 80 80 80 80 80 80 80 80 80 80 01", "a number has more than 64 bits"),
        ("08 ff ff ff ff ff ff ff ff ff 02", "a number has more than 64 bits"),
        ("12 07 74", "a length exceeds the message"), ("12 ff ff ff ff ff ff ff ff ff 01", "a length exceeds the message"),
        ("1a 02 12 05 00 00 00", "a length exceeds the message"),
        ("12 02 c3 28", "a string is not UTF-8"), ("12 03 ed a0 80", "a string is not UTF-8"),
        ("00 01", "a field has an invalid tag"), ("0e 01", "a field has an invalid tag"), ("0f", "a field has an invalid tag"),
        ("80 80 80 80 10 00", "a field has an invalid tag"),
        ("0c", "a group ends without having begun"), ("9b 06", "a group is not closed"), ("9b 06 a4 06", "a group is not closed"),
        ("99 06 00", "a number is incomplete"), ("9d 06 00 00 00", "a number is incomplete"), ("32 01 80", "a number is incomplete"),
    ])
    func refusesWhatIsNoMessage(bytes: String, reason: String) {
        #expect(malformed(Example.self, hex(bytes)) == reason)
    }

    @Test func aMessageThatIsNoneIsABadRequest() throws {
        #expect(throws: Problem.self) {
            do throws(DecodingFailure) { _ = try Protobuf.decode(Example.self, from: [0x08]) } catch {
                #expect(error.problem.status == .badRequest)
                throw error.problem
            }
        }
    }

    @Test func nestsToItsLimitAndNoDeeper() throws {
        func nested(_ depth: Int) -> [UInt8] {
            var tree = Tree(name: "")
            for _ in 0..<depth { tree = Tree(name: "", children: [tree]) }
            return Protobuf.encode(tree)
        }
        _ = try Protobuf.decode(Tree.self, from: nested(ProtobufReader.maximumDepth))
        #expect(malformed(Tree.self, nested(ProtobufReader.maximumDepth + 1)) == "nested deeper than 100")
        let groups = [[UInt8]](repeating: [0x9B, 0x06], count: 200_000).flatMap(\.self)
        #expect(malformed(Tree.self, groups) == "nested deeper than 100")
    }

    @Test func readsBackEveryScalar() throws {
        try expectRoundTrip(scalarsAtTheirLeast)
        try expectRoundTrip(scalarsAtTheirMost)
    }

    @Test func readsBackWhatIsBoxed() throws {
        try expectRoundTrip(boxes)
        for holder in [
            Holder.list([1, 2]), .list([]), .map([:]), .map(["a": 1]), .maybe(nil), .maybe(0), .labelled(items: []),
            .labelled(items: ["x"], more: [:]), .holder(.list([7])), .nothing,
        ] {
            try expectRoundTrip(holder)
            try expectRoundTrip(Pair(first: [holder], second: ["x": holder]))
        }
    }

    @Test func aValueThatIsNoMessageIsTheFirstFieldOfOne() throws {
        #expect(Protobuf.encode(150) == hex("08 96 01"))
        #expect(Protobuf.encode("") == [])
        #expect(Protobuf.encode([3, 270]) == hex("0a 03 03 8e 02"))
        #expect(Protobuf.encode(Int?.none) == [])
        #expect(Protobuf.encode(Int?.some(0)) == hex("08 00"))
        #expect(Protobuf.encode(Order.Status.paid) == hex("08 02"))
        #expect(Protobuf.encode(Date(timeIntervalSince1970: 1.5)) == hex("08 01 10 80 ca b5 ee 01"))
        try expectRoundTrip(["a": [Date(timeIntervalSince1970: 0)]])
    }

    @Test(arguments: [
        (1e15, 253_402_300_799.9999), (-1e15, -62_135_596_800), (.infinity, 253_402_300_799.9999), (.nan, -62_135_596_800),
    ])
    func aDateThatNoTimestampHasIsTheNearest(seconds: Double, nearest: Double) throws {
        let date: Date = try Protobuf.decode(from: Protobuf.encode(Date(timeIntervalSince1970: seconds)))
        #expect(abs(date.timeIntervalSince1970 - nearest) < 0.001)
    }
}

/// Bytes written as hexadecimal numbers.
func hex(_ text: String) -> [UInt8] { text.split(separator: " ").compactMap { UInt8($0, radix: 16) } }

/// Why bytes are not a message, or `nil` if they are.
func malformed<Value: Schema>(_ type: Value.Type, _ bytes: [UInt8]) -> String? {
    do throws(DecodingFailure) {
        _ = try Protobuf.decode(Value.self, from: bytes)
    } catch {
        if case .malformedMessage(let reason) = error { return reason.message }
    }
    return nil
}
