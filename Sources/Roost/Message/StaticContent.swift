/// Bytes that stay as they are, with a validator so that a browser need not fetch them again (RFC 9110 §8.8.3).
public struct StaticContent: Sendable {
    public let bytes: [UInt8]
    public let mediaType: String
    /// Tells versions apart.
    public let entityTag: String

    public init(_ bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        entityTag = "\"\(String(Self.hash(bytes), radix: 16))-\(bytes.count)\""
    }

    /// The bytes; 304 where the one who asks has them.
    public func response(to request: Request) -> Response {
        let headers: Headers = ["content-type": mediaType, "etag": entityTag, "cache-control": "no-cache"]
        if request.headers["if-none-match"] == entityTag { return Response(.notModified, headers: headers) }
        return Response(headers: headers, body: .bytes(bytes))
    }

    /// FNV-1a, 64 bits (Fowler, Noll, Vo): tells versions of one file apart; nothing rests on it being hard to forge.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
