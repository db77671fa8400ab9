#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Absolute URLs (RFC 3986 §4.3), with whatever scheme.
extension URL: Schema {
    public static var schema: JSONSchema { .scalar(type: "string", format: "uri") }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> URL? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        if let url = URL(absolute: text) { return url }
        json.fault("format", Self.expectation, at: start)
        return nil
    }

    public func encode(to json: inout JSONWriter) { json.string(absoluteString) }

    public static var protobufKind: ProtobufKind { .text }

    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> URL? {
        guard let text = try message.text() else { return nil }
        let url = URL(absolute: text)
        if url == nil { message.fault("format", Self.expectation) }
        return url
    }

    public func encode(to message: inout ProtobufWriter) { message.text(absoluteString) }

    public func check(_ faults: inout FaultCollector) {
        if URL(absolute: absoluteString) == nil { faults.lose("format", Self.expectation) }
    }

    private static let expectation = "must be a URL that begins with its scheme"

    private init?(absolute text: String) {
        guard let url = URL(string: text, encodingInvalidCharacters: false), url.scheme != nil else { return nil }
        self = url
    }
}
