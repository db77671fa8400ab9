import Foundation
import Roost
import RoostDocuments
import Testing

/// The documents of types of other programs' APIs.
struct ForeignAPIDocumentTests {
    @Schema(fields: .snakeCase)
    struct Ticket {
        @Example("B-7") @Check(.pattern("^[A-Z]-[0-9]$")) var seatCode: String
        @Check(.count(2...5)) var payload: Data
        @Check(.unique) var tags: [String]
        var extra: JSONValue
        @Field(deprecated: true) var note: String?
        @Check(.multiple(of: 5)) var minutes: Int
        var status: Status
        var people: Set<Int>
        var home: URL?
        var rename: Change<String>
    }

    @Schema enum Status: String {
        case open
        @Unknown case other
    }

    @Test func aSchemaHasTheirKeywords() throws {
        let text = Ticket.schema.document
        for part in [
            #""seat_code":{"type":"string","pattern":"^[A-Z]-[0-9]$","examples":["B-7"]}"#,
            #""payload":{"type":"string","format":"byte","contentEncoding":"base64","minLength":4,"maxLength":8}"#,
            #""tags":{"type":"array","items":{"type":"string"},"uniqueItems":true}"#, #""extra":{}"#,
            #""note":{"type":["string","null"],"deprecated":true}"#, #""multipleOf":5"#,
            #"{"type":"string","examples":["open","other"],"description":"- `other`: Any other value, which the reader does not know."}"#,
            #""home":{"type":["string","null"],"format":"uri"}"#, #""rename":{"type":["string","null"]}"#,
            #""required":["seat_code","payload","tags","extra","minutes","status","people"]"#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func aProtoFileHasTheirTypes() {
        let file = ProtoFile(
            ContractDescription("tickets", summary: "", routes: [Route("tickets.add", .post, "/tickets", body: Ticket.schema)]))
        for line in [
            #"import "google/protobuf/struct.proto";"#, #"string seat_code = 1 [json_name = "seat_code"];"#, "bytes payload = 2;",
            "google.protobuf.Value extra = 4;", "optional string note = 5 [deprecated = true];", "repeated int64 people = 8;",
            "optional OptionalString rename = 10;",
        ] {
            #expect(file.text.contains(line), "\(line) in \(file.text)")
        }
    }
}
