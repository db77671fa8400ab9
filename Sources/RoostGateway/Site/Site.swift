import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of pages, read whole at the start and served from memory: what is not in it cannot be asked for.
public struct Site: Sendable {
    /// The most that a folder may hold: 32 MiB.
    public static let sizeLimit = 32 << 20

    private let files: [SiteFile]

    /// - Throws: a `ConfigurationError` where the folder cannot be read or holds too much.
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
                throw ConfigurationError("the site's folder \(root) holds more than \(Self.sizeLimit) bytes")
            }
            files.append(SiteFile(path: name, bytes: Array(data)))
        }
        self.files = files
    }

    /// One endpoint a file; `index.html` is its folder's.
    var endpoints: [Endpoint] { files.map(\.endpoint) }
}
