/// Content that does not change, with a validator so that browsers need not fetch it again (RFC 9110 §8.8.3).
public struct StaticContent: Sendable {
    /// The content.
    public let bytes: [UInt8]
    /// The media type, such as `text/html; charset=utf-8`.
    public let mediaType: String
    /// Identifies the version of the content.
    public let entityTag: EntityTag

    /// Creates content, and computes its entity tag.
    public init(_ bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        entityTag = EntityTag("\(String(FNV1a.hash(bytes), radix: 16))-\(bytes.count)")
    }

    /// Returns the content, or 304 if the client has it.
    /// - Throws: A `Problem` with status 412 if the request is for another version.
    public func response(to request: Request) throws(Problem) -> Response {
        var headers: Headers = ["etag": entityTag.description, "cache-control": "no-cache"]
        switch Precondition(of: request, on: entityTag) {
        case .failed: throw Problem(.preconditionFailed, "The current version of \(request.path) is a different one.", headers: headers)
        case .notModified: return Response(.notModified, headers: headers)
        case .holds:
            headers.add("content-type", mediaType)
            return Response(headers: headers, body: .bytes(bytes))
        }
    }
}
