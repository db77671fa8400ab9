/// Any JSON value as its text, for data that is passed on unchanged: numbers keep all of their digits, and objects the order of their
/// members.
///
/// In Protocol Buffers it is a `google.protobuf.Value`, whose numbers are doubles.
public struct RawJSON: Hashable, Sendable {
    /// The text, in UTF-8.
    public let bytes: [UInt8]

    /// Checks that a text is one JSON value.
    /// - Throws: A `DecodingFailure` if it is not.
    public init(_ text: [UInt8]) throws(DecodingFailure) { self = try JSON.decode(RawJSON.self, from: text) }

    fileprivate init(checked bytes: [UInt8]) { self.bytes = bytes }
}

extension RawJSON: Schema {
    /// Any value.
    public static var schema: JSONSchema { .anything }

    /// Reads any value.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> RawJSON? {
        let start = json.position()
        try json.skipValue()
        return RawJSON(checked: Array(json.bytes(from: start)))
    }

    /// Writes the text.
    public func encode(to json: inout JSONWriter) { json.raw(bytes) }

    /// Reads a `google.protobuf.Value`.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> RawJSON? {
        try JSONValue.decode(from: &message).map { RawJSON(checked: JSON.encode($0)) }
    }

    /// Writes a `google.protobuf.Value`.
    public func encode(to message: inout ProtobufWriter) {
        // The text was checked. What a value cannot hold, such as a key in two spellings, is left out.
        ((try? JSON.decode(JSONValue.self, from: bytes)) ?? .null).encode(to: &message)
    }
}
