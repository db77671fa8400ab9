/// A body taken as it came, for what needs its very bytes, such as a signature.
public struct RawBody: Sendable, Hashable {
    public let bytes: [UInt8]
    public let contentType: String

    /// The media type of bytes of which none is told (RFC 2046 §4.5.1).
    package static let unknownType = "application/octet-stream"

    public init(bytes: [UInt8], contentType: String) {
        self.bytes = bytes
        self.contentType = contentType
    }
}

extension JSONSchema {
    /// The schema of a body that is taken as it came.
    public static func of(_ type: RawBody.Type) -> JSONSchema { .binary }

    /// Bytes that are no JSON.
    public static let binary = scalar(type: "string", format: "binary")
}
