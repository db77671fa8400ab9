import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of pages, which is read completely at startup and served from memory. Nothing outside of it can be requested.
public struct Site: Sendable {
    /// The largest folder: 32 MiB.
    public static let sizeLimit = 32 << 20

    private let files: [SiteFile]

    /// Reads a folder.
    /// - Throws: A `ConfigurationError` if the folder cannot be read or is too large.
    public init(folder root: String) throws(ConfigurationError) {
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: root) else {
            throw ConfigurationError("the site's folder \(root) cannot be read")
        }
        var size = 0
        var files: [SiteFile] = []
        for name in names.sorted() where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            guard let data = FileManager.default.contents(atPath: root + "/" + name) else { continue }
            size += data.count
            guard size <= Self.sizeLimit else {
                throw ConfigurationError("the site's folder \(root) contains more than \(Self.sizeLimit) bytes")
            }
            files.append(SiteFile(path: name, bytes: Array(data)))
        }
        self.files = files
    }

    /// One endpoint for each file. `index.html` is served at its folder's path.
    var endpoints: [Endpoint] { files.map(\.endpoint) }
}
