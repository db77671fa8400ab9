import FoundationEssentials
import Roost
import Testing

/// Values to text and back.
struct JSONValueTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-17", -17), ("10.0", 10), ("1e3", 1000), ("1200e-2", 12), ("0.0e9", 0),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
    func wholeNumbers(text: String, value: Int) throws {
        #expect(try decode(Int.self, text) == value)
    }

    @Test(arguments: [
        ("1.5", " type must be a whole number"), ("\"1\"", " type must be a whole number"), ("true", " type must be a whole number"),
        ("null", " type must be a whole number"), ("256", " range must be from 0 to 255"), ("-1", " range must be from 0 to 255"),
        ("1e30", " range must be from 0 to 255"), ("99999999999999999999999", " range must be from 0 to 255"),
        ("1e-1000000000000", " type must be a whole number"),
    ])
    func numbersThatAreNoByte(text: String, fault: String) {
        #expect(faults(UInt8.self, text) == [fault])
    }

    @Test(arguments: [
        "0.0", "-0.0", "0.1", "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308", "123456789012345680.0", "0.30000000000000004",
        "1e22", "1e23", "9007199254740993", "4.35", "8.41e21", "6929495644600919.5", "3.5e-300", "1.00000000000000000000000000001",
    ])
    func doublesAsTheStandardLibraryReadsThem(text: String) throws {
        let value = try decode(Double.self, text)
        #expect(value.bitPattern == Double(text)?.bitPattern)
        #expect(try JSON.decode(Double.self, from: JSON.encode(value)).bitPattern == value.bitPattern)
    }

    @Test func decimalsAreWrittenAsTheStandardLibraryWritesThem() {
        for step in 1..<20_000 {
            let value = Double(step) / 1000
            for scaled in [value, -value, value * 1e9, value / 7] where Int(exactly: scaled) == nil {
                #expect(JSON.text(scaled) == scaled.description)
            }
        }
        #expect(JSON.text([999_999_999_999.999, 0.001, 123.45, 0.0001]) == "[999999999999.999,0.001,123.45,0.0001]")
    }

    @Test func numbersTooLarge() {
        #expect(faults(Double.self, "1e400") == [" range is too large"])
        #expect(faults(Float.self, "1e39") == [" range is too large"])
    }

    @Test func numbersAsTheyAreWritten() {
        #expect(JSON.text([1.0, -0.0, 0.5, 1e16, 1e-7, .infinity, .nan]) == "[1,-0.0,0.5,1e+16,1e-07,null,null]")
        #expect(JSON.text([Int.min, 0, Int.max]) == "[-9223372036854775808,0,9223372036854775807]")
        #expect(JSON.text(UInt64.max) == "18446744073709551615")
        #expect(JSON.text([Float(0.1), 3]) == "[0.1,3.0]")
    }

    @Test(arguments: ["0.1", "19.99", "-0.000001", "12345678901234567890123456789012345678", "100"])
    func decimalsAreExact(text: String) throws {
        let value = try decode(Decimal.self, text)
        #expect(value == Decimal(string: text))
        #expect(JSON.text(value) == text)
    }

    @Test func decimalsThatDoNotFitAreRefused() throws {
        for text in ["123456789012345678901234567890123456789", "0.123456789012345678901234567890123456789"] {
            #expect(faults(Decimal.self, text) == [" range must have at most 38 digits"])
        }
        #expect(try decode(Decimal.self, "1.50000000000000000000000000000000000000000") == Decimal(string: "1.5"))
        for text in ["1e200", "1e-200"] { #expect(faults(Decimal.self, text) == [" range must have an exponent from -128 to 127"]) }
    }

    @Test func wholeNumbersInManyDigits() throws {
        #expect(try decode(Int.self, "12.000000000000000000000000") == 12)
        #expect(try decode(Int.self, "1200000000000000000000000e-23") == 12)
        #expect(try decode(UInt64.self, "18446744073709551615.0") == .max)
        #expect(faults(Int.self, "123456789012345678901234.0") == [" range must be from \(Int.min) to \(Int.max)"])
        #expect(faults(Double.self, "0." + String(repeating: "0", count: 999_990) + "1e5000000") == [" range is too large"])
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{1}\u{1F}\u{8}", #""\u0001\u001f\u0008""#),
        ("\u{7F}é𝄞", "\"\u{7F}é𝄞\""), ("eight or more, then \"quoted\"", #""eight or more, then \"quoted\"""#),
    ])
    func strings(value: String, text: String) throws {
        #expect(JSON.text(value) == text)
        #expect(try decode(String.self, text) == value)
    }

    @Test func stringsOfEveryLengthWithASpecialByteAnywhere() throws {
        for length in 0..<20 {
            for place in 0...length {
                for special in ["\"", "\\", "\n", "é", "\u{1F}", " ", "\u{7F}", "!", "#", "[", "]"] {
                    let value = String(repeating: "a", count: place) + special + String(repeating: "b", count: length - place)
                    #expect(try JSON.decode(String.self, from: JSON.encode(value)) == value)
                }
            }
        }
    }

    @Test func escapedKeys() throws {
        #expect(try decode([String: Int].self, #"{"\u0061\n":1,"é":2,"plain":3}"#) == ["a\n": 1, "é": 2, "plain": 3])
        #expect(try decode(Outer.Inner.self, #"{"\u006eumber":7}"#) == Outer.Inner(number: 7))
        #expect(malformed([String: Int].self, #"{"a":1,"\u0061":2}"#) == "the key a occurs twice")
    }

    @Test func optionals() throws {
        #expect(try decode([Int?].self, "[1,null]") == [1, nil])
        #expect(try decode([String: Int?].self, #"{"a":null}"#) == ["a": nil])
        #expect(JSON.text([String?.none, "x"]) == #"[null,"x"]"#)
    }

    @Test func identifiersAndTimes() throws {
        let id = UUID.v7()
        #expect(JSON.text(id) == "\"\(id.uuidString.lowercased())\"")
        #expect(try decode(UUID.self, "\"\(id.uuidString)\"") == id)
        #expect(faults(UUID.self, "\"1234\"") == [" format must be a UUID"])
        #expect(faults(Date.self, "\"yesterday\"") == [" format must be an RFC 3339 date and time"])
        #expect(faults(Date.self, "17") == [" type must be a string"])
    }

    @Test(arguments: [
        (#"{"a":[0,{"b/c":[1,"x"]}]}"#, "/a/1/b~1c/1"), (#"{"a~b":["x"]}"#, "/a~0b/0"), (#"{"":"x"}"#, "/"),
        (#"{"\u0061":{"b":"x"}}"#, "/a/b"),
    ])
    func pointersOfFaults(text: String, pointer: String) {
        #expect(faults(Numbers.self, text) == ["\(pointer) type must be a whole number"])
    }

    @Test func faultsAreBounded() {
        let text = "[" + Array(repeating: "\"x\"", count: 1500).joined(separator: ",") + "]"
        #expect(faults([Int].self, text).count == JSONReader.maximumFaults)
    }
}

/// Whole numbers, nested in any way.
private struct Numbers: Schema {
    static var schema: JSONSchema { .integer }

    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Numbers? {
        var probe = json
        if try probe.beginsArray() { return try [Numbers].decode(from: &json).map { _ in Numbers() } }
        if try probe.beginsObject() { return try [String: Numbers].decode(from: &json).map { _ in Numbers() } }
        return try json.readInteger(Int.self).map { _ in Numbers() }
    }

    func encode(to json: inout JSONWriter) { json.literal("0") }
    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Numbers? { Numbers() }
    func encode(to message: inout ProtobufWriter) {}
}

extension JSONReader {
    fileprivate mutating func beginsArray() throws(DecodingFailure) -> Bool {
        var probe = self
        return try probe.beginArray() != nil
    }

    fileprivate mutating func beginsObject() throws(DecodingFailure) -> Bool {
        var probe = self
        return try probe.beginObject() != nil
    }
}
