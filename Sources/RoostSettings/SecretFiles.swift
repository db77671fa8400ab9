import Foundation
import Roost

/// A folder of secrets as Docker and Kubernetes mount it: each file has the name of a setting and contains its value.
///
/// (The provider in swift-configuration skips symbolic links, which Kubernetes mounts.)
enum SecretFiles {
    /// The largest secret, in bytes.
    private static let limit = 65536

    /// Returns the contents of the files by name, without white space at their ends.
    /// - Throws: A `ConfigurationError` if the folder or one of its files cannot be read.
    static func read(_ folder: String, named setting: Setting<String?>) throws(ConfigurationError) -> [String: String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            // The folder is not a secret, although its name suggests it.
            throw ConfigurationError("\(setting.key)=\(folder) is wrong: it must be \(setting.allowed)")
        }
        var secrets: [String: String] = [:], faults: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            if let secret = contents(of: path) { secrets[name] = secret } else { faults.append(fault(path)) }
        }
        try ConfigurationError.check(faults)
        return secrets
    }

    private static func fault(_ path: String) -> String { "\(path) is wrong: it must be a readable text of at most \(limit) bytes" }

    private static func contents(of path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), case let data = (try? file.read(upToCount: limit + 1)) ?? Data(),
            data.count <= limit,
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[...end])
    }
}
