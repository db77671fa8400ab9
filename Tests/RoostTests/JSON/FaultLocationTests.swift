import Roost
import Testing

/// The locations of faults are found in one pass, whatever the size and the shape of the document.
@Suite(.timeLimit(.minutes(5))) struct FaultLocationTests {
    @Schema
    struct Node {
        var name: String?
        var counts: [Int]?
        var children: [String: Node]?
        var list: [Node]?
    }

    @Test func everyFaultHasItsOwnPointer() {
        let text = #"""
            { "list" : [ {"name":1}, {"counts":[1,"x",[2],{"a":[3]},null]}, 7,
              {"children":{"a/b":{"name":false},"c~":{"list":[{"name":{}}]}, "\u0064":{"counts":0}}} ], "name" : [] }
            """#
        #expect(
            faults(Node.self, text).map { String($0.split(separator: " ")[0]) } == [
                "/list/0/name", "/list/1/counts/1", "/list/1/counts/2", "/list/1/counts/3", "/list/1/counts/4", "/list/2",
                "/list/3/children/a~1b/name", "/list/3/children/c~0/list/0/name", "/list/3/children/d/counts", "/name",
            ])
    }

    @Test func aMarkAfterASlashLeavesItASlash() {
        let key = "a/\u{301}b~\u{301}"
        #expect(
            faults(Node.self, "{\"children\":{\"\(key)\":{\"name\":1}}}") == ["/children/a~1\u{301}b~0\u{301}/name type must be a string"])
    }

    @Test func aThousandFaultsBehindAMegabyte() {
        let good = String(repeating: "1,", count: 500_000), bad = Array(repeating: #""x""#, count: 1200).joined(separator: ",")
        let found = faults(Node.self, "{\"counts\":[\(good)\(bad)]}")
        #expect(found.count == JSONReader.maximumFaults)
        #expect(found.first == "/counts/500000 type must be a whole number" && found.last == "/counts/500999 type must be a whole number")
    }

    @Test func aThousandFaultsFarBelow() {
        let depth = 40
        let open = String(repeating: #"{"list":[{},"#, count: depth), close = String(repeating: "]}", count: depth)
        let bad = Array(repeating: "1", count: 1000).joined(separator: ",")
        let found = faults(Node.self, "\(open){\"list\":[\(bad)]}\(close)")
        #expect(found.count == JSONReader.maximumFaults)
        #expect(found.last == String(repeating: "/list/1", count: depth) + "/list/999 type must be an object")
    }

    @Test func pointersAreNotLongerThanWhatWasSent() throws {
        let key = String(repeating: "k", count: 300_000), bad = Array(repeating: #""x""#, count: 1000).joined(separator: ",")
        for (keys, count) in [(key, 3), ("k", 1000), (String(repeating: "k", count: 2000), 518)] {
            let found = faults(Node.self, "{\"children\":{\"\(keys)\":{\"counts\":[\(bad)]}}}")
            #expect(found.count == count)
            #expect(found[0] == "/children/\(keys)/counts/0 type must be a whole number")
        }
    }

    @Test func thatHoldsForMessagesToo() throws {
        var counts = ProtobufWriter()
        counts.delimited(2) { for _ in 0..<1000 { $0.varint(1 << 63) } }
        #expect(faults(Small.self, counts.bytes).count == 1000)
        let key = String(repeating: "k", count: 300_000)
        var writer = ProtobufWriter()
        writer.delimited(1) { entry in
            entry.field(1, key)
            entry.field(2, bytes: counts.bytes)
        }
        let small = faults(Small.self, writer.bytes)
        #expect(small.count == 1 && small[0].hasPrefix("/children/kkkk") && small[0].contains("/counts/0 range"))
    }

    @Schema
    struct Small {
        var children: [String: Small]
        var counts: [Int8]
    }

    @Schema
    struct Several {
        var list: [Item]
    }

    @Schema
    struct Item {
        var name: String
    }

    @Test func manyElementsThatAreLostKeepTheirPlaces() {
        let pair: [UInt8] = [0x0A, 0x00, 0x0A, 0x04, 0x0A, 0x02, 0x61, 0x00]
        let found = faults(Several.self, Array(repeating: pair, count: 1500).flatMap(\.self))
        #expect(found.count == 1000)
        #expect(found.last == "/list/1999/name characters must not contain the character U+0000")
    }
}
