/// A problem document (RFC 9457 §3.1) with this toolkit's extension members.
struct ProblemDocument: Schema {
    var type: String?
    var title: String?
    var status: Int?
    var detail: String?
    var instance: String?
    var requestId: String?
    var errors: [Fault]?

    static var schema: JSONSchema {
        .object(
            name: "Problem", description: "What went wrong (RFC 9457).",
            fields: {
                [
                    .init("type", .string.orNull, isRequired: false), .init("title", .string.orNull, isRequired: false),
                    .init("status", .integer.orNull, isRequired: false), .init("detail", .string.orNull, isRequired: false),
                    .init("instance", .string.orNull, isRequired: false), .init("requestId", .string.orNull, isRequired: false),
                    .init("errors", .array(of: Fault.schema).orNull, isRequired: false),
                ]
            })
    }

    static func decode(from json: inout JSONReader) throws(JSONError) -> ProblemDocument? {
        guard try json.beginObject() != nil else { return nil }
        var document = ProblemDocument()
        while let key = try json.nextKey() {
            switch key {
            case "type": document.type = try String?.decode(from: &json) ?? nil
            case "title": document.title = try String?.decode(from: &json) ?? nil
            case "status": document.status = try Int?.decode(from: &json) ?? nil
            case "detail": document.detail = try String?.decode(from: &json) ?? nil
            case "instance": document.instance = try String?.decode(from: &json) ?? nil
            case "requestId": document.requestId = try String?.decode(from: &json) ?? nil
            case "errors": document.errors = try [Fault]?.decode(from: &json) ?? nil
            default: try json.skipValue()
            }
        }
        return document
    }

    /// Members that say nothing are left out, as RFC 9457 readers expect.
    func encode(to json: inout JSONWriter) {
        json.literal("{\"type\":")
        json.string(type ?? "about:blank")
        write(",\"title\":", title, to: &json)
        write(",\"status\":", status, to: &json)
        write(",\"detail\":", detail, to: &json)
        write(",\"instance\":", instance, to: &json)
        write(",\"requestId\":", requestId, to: &json)
        write(",\"errors\":", errors.flatMap { $0.isEmpty ? nil : $0 }, to: &json)
        json.literal("}")
    }

    private func write(_ key: StaticString, _ value: (some Schema)?, to json: inout JSONWriter) {
        guard let value else { return }
        json.literal(key)
        value.encode(to: &json)
    }

    static func decode(from message: inout ProtobufReader) throws(ProtobufError) -> ProblemDocument? {
        var document = ProblemDocument()
        var strings: [Int: String] = [:], status: Int32? = 0, errors: [Fault]? = []
        while let field = try message.nextField() {
            switch field {
            case 1, 2, 4, 5, 6:
                var text: String?
                try message.read(&text, "")
                strings[field] = text
            case 3: try message.read(&status, "status")
            case 7: try message.read(&errors, "errors")
            default: try message.skip()
            }
        }
        (document.type, document.title, document.detail) = (strings[1], strings[2], strings[4])
        (document.instance, document.requestId) = (strings[5], strings[6])
        (document.status, document.errors) = (status.map(Int.init), errors)
        return document
    }

    func encode(to message: inout ProtobufWriter) {
        message.field(1, type)
        message.field(2, title)
        message.field(3, status)
        message.field(4, detail)
        message.field(5, instance)
        message.field(6, requestId)
        message.field(7, errors ?? [])
    }
}

extension Problem {
    /// The schema of problem documents.
    public static var schema: JSONSchema { ProblemDocument.schema }
}

extension ProblemDocument {
    init(_ problem: Problem, instance: String, requestID: String) {
        self.init(
            type: problem.type, title: problem.title, status: problem.status.code, detail: problem.detail, instance: instance,
            requestId: requestID, errors: problem.errors)
    }
}
