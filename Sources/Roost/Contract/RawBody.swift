/// A body that is taken unchanged, for code that needs its exact bytes, such as to verify a signature.
public struct RawBody: Sendable, Hashable {
    /// The bytes of the body.
    public let bytes: [UInt8]
    /// The media type that the `Content-Type` field names; `application/octet-stream` if there is none.
    public let contentType: String

    /// The media type of bytes whose type is unknown (RFC 2046 §4.5.1).
    package static let unknownType = "application/octet-stream"

    /// Creates a body from bytes.
    public init(bytes: [UInt8], contentType: String) {
        self.bytes = bytes
        self.contentType = contentType
    }
}

extension JSONSchema {
    /// The schema of a body that is taken unchanged.
    public static func of(_ type: RawBody.Type) -> JSONSchema { .binary }

    /// Bytes that are not JSON.
    public static let binary = scalar(type: "string", format: "binary")
}
