import Roost

/// A file of the API explorer. The files are embedded in the executable, and the page needs nothing from elsewhere.
struct ExplorerFile: Sendable {
    let name: String
    let path: PathPattern
    private let mediaType: String
    private let bytes: @Sendable () -> [UInt8]

    var content: StaticContent { StaticContent(bytes(), mediaType: mediaType + "; charset=utf-8") }

    static let all = [
        ExplorerFile(name: "docs", path: "/docs", mediaType: "text/html") { PackageResources.explorer_html },
        ExplorerFile(name: "style", path: "/docs/explorer.css", mediaType: "text/css") { PackageResources.explorer_css },
        script("explorer") { PackageResources.explorer_js },
        script("elements") { PackageResources.elements_js },
        script("schema") { PackageResources.schema_js },
        script("operation") { PackageResources.operation_js },
        script("request") { PackageResources.request_js },
        script("response") { PackageResources.response_js },
        script("stream") { PackageResources.stream_js },
        script("events") { PackageResources.events_js },
    ]

    private static func script(_ name: String, _ bytes: @escaping @Sendable () -> [UInt8]) -> ExplorerFile {
        ExplorerFile(name: name, path: PathPattern("/docs/\(name).js"), mediaType: "text/javascript", bytes: bytes)
    }
}
