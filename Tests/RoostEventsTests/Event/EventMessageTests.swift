import Foundation
import Roost
import Testing

@testable import RoostEvents

@Suite struct EventMessageTests {
    private let unknown = EventEnvelope(id: "unknown", source: "unknown", topic: "polls", key: "k", data: [])
    private let attributes = ["specversion": "1.0", "id": "7", "source": "python", "type": "polls.voted"]

    private func read(_ attributes: [String: String], contentType: String? = "application/json", body: String = "{}") -> (
        envelope: EventEnvelope, fault: String?
    ) {
        var known = EventAttributes()
        for attribute in EventAttribute.allCases { known[attribute] = attributes[attribute.name] }
        return EventMessage(contentType: contentType, attributes: known, body: Array(body.utf8)).event(or: unknown)
    }

    @Test func whatWasWrittenInBinaryModeIsReadAgain() {
        let envelope = EventEnvelope(
            id: "1", source: "polls", topic: "polls.voted", version: 3, key: "ä", time: Date(timeIntervalSince1970: 1_700_000_000.125),
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", data: Array("{}".utf8))
        let values = EventAttribute.allCases.compactMap { attribute in envelope[attribute].map { (attribute.name, $0) } }
        let (read, fault) = read(Dictionary(uniqueKeysWithValues: values))
        #expect(fault == nil && read == envelope)
    }

    @Test func whatIsLeftOutHasTheSameDefaultsAsInStructuredMode() {
        let (event, fault) = read(attributes.merging(["subject": "x"]) { $1 }, contentType: nil)
        #expect(fault == nil && event.key == "7" && event.version == 1 && event.traceparent == nil)
    }

    @Test func structuredModeIsRecognizedByItsMediaType() {
        let body = #"{"specversion":"1.0","id":"8","source":"python","type":"polls.voted","data":{"a":1}}"#
        let (event, fault) = read([:], contentType: "Application/CloudEvents+JSON; charset=utf-8", body: body)
        #expect(fault == nil && event.id == "8" && event.data == Array(#"{"a":1}"#.utf8))
    }

    @Test(
        arguments: [
            ("specversion", nil, "lacks the CloudEvents header fields specversion"), ("id", nil, "lacks the CloudEvents header fields id"),
            ("type", nil, "lacks the CloudEvents header fields type"), ("specversion", "0.3", "another version of CloudEvents than 1.0"),
            ("id", "", "id must have"), ("time", "yesterday", "time is not a time by RFC 3339"),
            ("dataschema", "urn:events:other:1", "dataschema must be urn:events:polls.voted:<version>"),
            ("partitionkey", String(repeating: "k", count: 256), "partitionkey must have"),
        ] as [(String, String?, String)])
    func whatIsWrongWithAnAttributeIsSaid(name: String, value: String?, reason: String) {
        var attributes = attributes
        attributes[name] = value
        let (event, fault) = read(attributes)
        #expect(event == unknown && fault?.contains(reason) == true, "\(fault ?? "")")
    }

    @Test func dataThatIsNotJSONIsAFault() {
        let (_, fault) = read(attributes, contentType: "image/png")
        #expect(fault?.contains("datacontenttype must be application/json") == true, "\(fault ?? "")")
    }
}
