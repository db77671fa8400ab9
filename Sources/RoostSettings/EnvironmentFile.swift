import Configuration
import Foundation
import Roost

/// A `.env` file: `KEY=value` lines, blank lines, and comments that begin with `#`. White space around a key or a value is ignored, and
/// lines may end in CR LF.
///
/// (The reader in swift-configuration skips lines that it does not understand, and keeps quotes and the CR of a line's end as parts of a
/// value.)
enum EnvironmentFile {
    /// Returns the values of a file, or none if the file does not exist.
    /// - Throws: A `ConfigurationError` that names each invalid line without showing values.
    static func provider(_ path: String) throws(ConfigurationError) -> EnvironmentVariablesProvider {
        guard let data = FileManager.default.contents(atPath: path) else {
            guard !FileManager.default.fileExists(atPath: path) else { throw ConfigurationError("\(path) cannot be read") }
            return EnvironmentVariablesProvider(environmentVariables: [:])
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw ConfigurationError("\(path) is not UTF-8") }
        return EnvironmentVariablesProvider(environmentVariables: try values(in: text, of: path))
    }

    private static func values(in text: String, of path: String) throws(ConfigurationError) -> [String: String] {
        var values: [String: String] = [:], faults: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop(while: \.isWhitespace), place = "\(path), line \(index + 1)"
            if line.isEmpty || line.first == "#" { continue }
            guard let found = line.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*/)?.output else {
                faults.append("\(place), is wrong: it must be KEY=value")
                continue
            }
            let key = String(found.1)
            if let first = found.2.first, "\"'".contains(first) {
                faults.append("\(place), is wrong: write the value of \(key) without quotes")
            } else if values.updateValue(String(found.2), forKey: key) != nil {
                faults.append("\(place), gives \(key) again: remove one of the lines")
            }
        }
        try ConfigurationError.check(faults)
        return values
    }
}
