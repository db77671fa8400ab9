import Roost
import Testing

/// Keys in every possible notation.
struct JSONKeyTests {
    @Test(arguments: [
        #"{"a":1,"count":2,"unitPrice":3,"description":4}"#, #"{"description":4,"unitPrice":3,"count":2,"a":1}"#,
        "{ \"a\" : 1 , \"count\"\n:\t2, \"unitPrice\" :3,\r\n\"description\": 4 }",
        #"{"\u0061":1,"c\u006funt":2,"unitPrice":3,"\u0064escription":4}"#,
        #"{"":0,"x":{"a":9,"count":[8]},"coun":0,"counts":"\"","count\u0000":1,"a\":":5,"A":0,"a":1,"count":2,"unitPrice":3,"description":4}"#,
        #"{"é":0,"ä":{},"a":1,"count":2,"zz":0,"zz":0,"\"a":7,"unitPrice":3,"unitPrices":0,"descriptiom":1,"description":4,"\\":1}"#,
    ])
    func areTheNamesOfFields(text: String) throws {
        #expect(try decode(Keyed.self, text) == Keyed(a: 1, count: 2, unitPrice: 3, description: 4))
        // Truncated at any byte it is not JSON, and nothing is read beyond the end.
        for end in 0..<text.utf8.count {
            #expect(malformed(Keyed.self, json: Array(Array(text.utf8)[..<end])) != nil)
        }
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "the key a occurs twice"), (#"{"a":1,"\u0061":1}"#, "the key a occurs twice"),
        (#"{"count":1,"count" :2}"#, "the key count occurs twice"),
        (#"{"a"1}"#, "expected :"), (#"{"a" 1}"#, "expected :"), (#"{"b"1}"#, "expected :"), (#"{"a"}"#, "expected :"),
        (#"{"a":1"count":2}"#, "expected , or }"), (#"{"a":1,}"#, "expected a key after ,"),
        (#"{"a":1,,"count":2}"#, "expected a key after ,"),
        (#"{,"a":1}"#, "expected a key"), (#"{a:1}"#, "expected a key"), ("{\"a\n\":1}", "the string has a control character"),
        ("{\"a\ncount\":1}", "the string has a control character"), (#"{"\x":1}"#, "unknown escape sequence"),
        (#"{"a":}"#, "expected a value"),
        (#"{"b":}"#, "expected a value"), (#"{"a"#, "the string is not terminated"), (#"{"a":1,"coun"#, "the string is not terminated"),
    ])
    func thatAreNone(text: String, reason: String) {
        #expect(malformed(Keyed.self, json: Array(text.utf8)) == reason)
    }

    @Test func thatAreNoUTF8() {
        #expect(malformed(Keyed.self, json: Array("{\"a".utf8) + [0xC3] + Array("\":1}".utf8)) == "the string is not UTF-8")
    }

    @Test func faultsPointToTheirFieldHoweverItsKeyIsWritten() {
        #expect(
            faults(Keyed.self, #"{"a" :"x","c\u006funt":null,"z":1}"#).map { $0.prefix(6) } == ["/a typ", "/count", "/unitP", "/descr"])
    }
}

@Schema
private struct Keyed: Equatable {
    var a: Int
    var count: Int
    var unitPrice: Double
    @Check(.range(0...)) var description: Int
}
