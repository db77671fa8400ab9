#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Absolute URLs (RFC 3986 §4.3) with any scheme.
extension URL: Schema {
    /// A string in the format `uri`.
    public static var schema: JSONSchema { .scalar(type: "string", format: "uri") }

    /// Reads an absolute URL from a string.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> URL? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        if let url = URL(absolute: text) { return url }
        json.fault("format", Self.expectation, at: start)
        return nil
    }

    /// Writes the URL as a string.
    public func encode(to json: inout JSONWriter) { json.string(absoluteString) }

    /// A string.
    public static var protobufKind: ProtobufKind { .text }

    /// Reads an absolute URL from a string.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> URL? {
        guard let text = try message.text() else { return nil }
        let url = URL(absolute: text)
        if url == nil { message.fault("format", Self.expectation) }
        return url
    }

    /// Writes the URL as a string.
    public func encode(to message: inout ProtobufWriter) { message.text(absoluteString) }

    /// Finds a fault in a URL without a scheme.
    public func check(_ faults: inout FaultCollector) {
        if URL(absolute: absoluteString) == nil { faults.lose("format", Self.expectation) }
    }

    private static let expectation = "must be an absolute URL"

    private init?(absolute text: String) {
        guard let url = URL(string: text, encodingInvalidCharacters: false), url.scheme != nil else { return nil }
        self = url
    }
}
