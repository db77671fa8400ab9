/// Bytes that stay as they are, with a validator so that a browser need not fetch them again (RFC 9110 §8.8.3).
public struct StaticContent: Sendable {
    public let bytes: [UInt8]
    public let mediaType: String
    /// Tells versions apart.
    public let entityTag: EntityTag

    public init(_ bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        entityTag = EntityTag("\(String(Self.hash(bytes), radix: 16))-\(bytes.count)")
    }

    /// The bytes; 304 where the one who asks has them.
    /// - Throws: a `Problem` with status 412 where the request is for another version alone.
    public func response(to request: Request) throws(Problem) -> Response {
        var headers: Headers = ["etag": entityTag.description, "cache-control": "no-cache"]
        switch Precondition(of: request, on: entityTag) {
        case .failed: throw Problem(.preconditionFailed, "What is at \(request.path) is another version.", headers: headers)
        case .notModified: return Response(.notModified, headers: headers)
        case .holds:
            headers.add("content-type", mediaType)
            return Response(headers: headers, body: .bytes(bytes))
        }
    }

    /// FNV-1a, 64 bits (Fowler, Noll, Vo): tells versions of one file apart; nothing rests on it being hard to forge.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
