import Foundation
import Roost
import RoostEvents
import Testing

/// Envelopes as CloudEvents in structured mode, and input that is none.
struct CloudEventTests {
    private static let time = Date(timeIntervalSince1970: 1_800_000_000.25)
    private static let envelope = EventEnvelope(
        id: "0193", source: "orders", topic: "orders.ended", version: 2, key: "k 1", time: time, traceparent: "00-aa-bb-01",
        data: Array(#"{"total":12345678901234567890.10,"b":1, "a":[null]}"#.utf8))

    private func read(_ text: String) throws -> EventEnvelope { try EventEnvelope(cloudEvent: Array(text.utf8), receivedAt: Self.time) }

    @Test func theAttributesHaveTheNamesOfTheSpecification() throws {
        let text = String(decoding: try Self.envelope.cloudEvent(), as: UTF8.self)
        #expect(
            text == #"""
                {"specversion":"1.0","id":"0193","source":"orders","type":"orders.ended","time":"2027-01-15T08:00:00.250Z",\#
                "datacontenttype":"application/json","dataschema":"urn:events:orders.ended:2","partitionkey":"k 1",\#
                "traceparent":"00-aa-bb-01","data":{"total":12345678901234567890.10,"b":1, "a":[null]}}
                """#)
        #expect(try EventEnvelope(cloudEvent: Array(text.utf8)) == Self.envelope)
    }

    /// What the Python SDK (cloudevents 2.2.0) writes for such an event.
    @Test func whatAnotherImplementationWritesIsRead() throws {
        let event = try read(
            #"""
            {"specversion": "1.0", "id": "0193", "source": "orders", "type": "orders.ended", "datacontenttype": "application/json", \#
            "dataschema": "urn:events:orders.ended:2", "time": "2027-01-15T08:00:00.250Z", "data": {"b": 1, "a": [null]}, \#
            "partitionkey": "k 1", "traceparent": "00-aa-bb-01"}
            """#)
        var expected = Self.envelope
        expected.data = Array(#"{"b": 1, "a": [null]}"#.utf8)
        #expect(event == expected)
    }

    @Test func dataThatIsNotJSONIsRefused() {
        for data in ["", "{", "{} {}", "\u{FF}"] {
            var envelope = Self.envelope
            envelope.data = Array(data.utf8)
            #expect(throws: DecodingFailure.self) { try envelope.cloudEvent() }
        }
    }

    /// What a program in another language may leave out, and what it may add.
    @Test func onlyTheRequiredAttributesAreNeeded() throws {
        let event = try read(#"{"data": 1, "type":"a", "extension": {"x": [1]}, "source":"/b?c", "id":"7", "specversion":"1.0"}"#)
        let expected = EventEnvelope(id: "7", source: "/b?c", topic: "a", version: 1, key: "7", time: Self.time, data: Array("1".utf8))
        #expect(event == expected)
        let other = try read(
            #"""
            {"specversion":"1.0","id":"7","source":"b","type":"a","time":"2027-01-15T09:00:00+01:00","data":null,"partitionkey":null,
             "datacontenttype":"application/vnd.a+json; charset=utf-8","dataschema":"https://example.com/schema"}
            """#)
        #expect(other.time == Date(timeIntervalSince1970: 1_800_000_000))
        #expect(other.version == 1 && other.key == "7" && other.data == Array("null".utf8))
    }

    @Test(arguments: [
        ("[]", "must be an object"), ("{}", "/specversion is required; /id is required; /source is required; /type is required"),
        (#"{"specversion":"0.3","id":"1","source":"b","type":"a","data":1}"#, "/specversion must be one of 1.0"),
        (#"{"specversion":"1.0","id":"","source":"b","type":"a","data":1}"#, "/id must have from 1 to 255 characters"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data_base64":"AA=="}"#, "/data_base64 must not be given"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"datacontenttype":"text/xml"}"#, "must be application/json"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"time":"now"}"#, "/time must be an RFC 3339 date and time"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"dataschema":"urn:events:b:2"}"#, "must be urn:events:a:"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"dataschema":"urn:events:a:0"}"#, "/dataschema must be"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"dataschema":"urn:events:a:+2"}"#, "/dataschema must be"),
        (
            #"{"specversion":"1.0","id":"1","source":"b","type":"a","data":1,"dataschema":"urn:events:a:99999999999999999999"}"#,
            "/dataschema must"
        ),
        (#"{"specversion":"1.0","id":"a\u0000","source":"b","type":"a","data":1}"#, "/id "),
        (#"{"specversion":"1.0","id":"1","id":"2","source":"b","type":"a","data":1}"#, "the key id occurs twice"),
        (#"{"specversion":"1.0","id":"1","source":"b","type":"a","data":{"a":01}}"#, "The text is not JSON"),
    ])
    func everyFaultIsNamed(text: String, fault: String) {
        let error = #expect(throws: DecodingFailure.self) { try read(text) }
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["id", "source", "type", "partitionkey", "traceparent"]) func longAttributesAreRefused(name: String) throws {
        let values = ["id": "1", "source": "b", "type": "a", "partitionkey": "k", "traceparent": "t", "specversion": "1.0", "data": ""]
        #expect(throws: Never.self) { try EventEnvelope(cloudEvent: JSON.encode(values)) }
        let long = values.merging([name: String(repeating: "x", count: 256)]) { $1 }
        let error = #expect(throws: DecodingFailure.self) { try EventEnvelope(cloudEvent: JSON.encode(long)) }
        #expect(error?.message == "/\(name) must have from 1 to 255 characters")
    }

    /// Bytes that were damaged on their way either make no event, or one that can be sent on as it is.
    @Test func damagedBytesNeverTrap() throws {
        let bytes = try Self.envelope.cloudEvent()
        var random = SeededNumbers(seed: 7)
        var damaged = (0..<bytes.count).map { Array(bytes.prefix($0)) }
        for _ in 0..<2000 {
            var copy = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<copy.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: copy[index] = UInt8.random(in: 0...255, using: &random)
                case 1: copy.remove(at: index)
                default: copy.insert(copy[Int.random(in: 0..<copy.count, using: &random)], at: index)
                }
            }
            damaged.append(copy)
        }
        var readable = 0
        for bytes in damaged {
            guard let event = try? EventEnvelope(cloudEvent: bytes, receivedAt: Self.time) else { continue }
            readable += 1
            let again = try EventEnvelope(cloudEvent: try event.cloudEvent(), receivedAt: Self.time)
            #expect(again.data == event.data && again.id == event.id && again.version == event.version && again.key == event.key)
        }
        #expect(readable > 0 && readable < damaged.count)
    }
}

/// Random numbers that are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
