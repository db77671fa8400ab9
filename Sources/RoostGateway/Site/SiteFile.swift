import Roost

/// A file of a site, with a validator so that a browser need not fetch it again (RFC 9110 §8.8.3).
struct SiteFile: Sendable {
    private let path: String
    private let bytes: [UInt8]
    private let entityTag: String

    /// - Parameter path: relative to the site's folder.
    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        entityTag = "\"\(String(Self.hash(bytes), radix: 16))-\(bytes.count)\""
    }

    var endpoint: Endpoint {
        var segments = path.split(separator: "/").map { PercentCoding.encode(String($0)) }
        if segments.last == "index.html" { segments.removeLast() }
        return Endpoint(Route("site." + path, .get, PathPattern("/" + segments.joined(separator: "/")))) { call in answer(call.request) }
    }

    private func answer(_ request: Request) -> Response {
        let headers: Headers = ["content-type": mediaType, "etag": entityTag, "cache-control": "no-cache"]
        if request.headers["if-none-match"] == entityTag { return Response(.notModified, headers: headers) }
        return Response(headers: headers, body: .bytes(bytes))
    }

    private var mediaType: String {
        switch path.split(separator: ".").last?.lowercased() {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "json": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }

    /// FNV-1a, 64 bits (Fowler, Noll, Vo): tells versions of one file apart; nothing rests on it being hard to forge.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
