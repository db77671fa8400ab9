import Roost

/// A file of a site.
struct SiteFile: Sendable {
    private let path: String
    private let bytes: [UInt8]

    /// Creates a file.
    /// - Parameters:
    ///   - path: The path, relative to the site's folder.
    ///   - bytes: The content.
    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    var endpoint: Endpoint {
        var segments = path.split(separator: "/").map { PercentCoding.encode(String($0)) }
        if segments.last == "index.html" { segments.removeLast() }
        let content = StaticContent(bytes, mediaType: mediaType)
        return Endpoint(Route("site." + path, .get, PathPattern("/" + segments.joined(separator: "/"))), isProcedure: false) { call in
            try content.response(to: call.request)
        }
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
}
