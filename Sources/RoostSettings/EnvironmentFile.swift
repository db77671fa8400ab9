import Configuration
import Foundation
import Roost
import SystemPackage

/// A `.env` file: a `KEY=value` on each line, blank lines, and comments that begin with `#`.
///
/// swift-configuration's provider reads it. That passes over a line that it does not understand, and keeps quotes as part of a value, so
/// both are refused here.
enum EnvironmentFile {
    /// - Throws: A `ConfigurationError` that names each line that is wrong, and shows no values.
    static func provider(_ path: String) async throws(ConfigurationError) -> EnvironmentVariablesProvider {
        if let data = FileManager.default.contents(atPath: path) {
            try ConfigurationError.check(faults(in: String(decoding: data, as: UTF8.self), of: path))
        } else if FileManager.default.fileExists(atPath: path) {
            throw ConfigurationError("\(path) cannot be read")
        }
        do {
            return try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path), allowMissing: true)
        } catch {
            throw ConfigurationError("\(path) cannot be read")
        }
    }

    private static func faults(in text: String, of path: String) -> [String] {
        var seen: Set<Substring> = []
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
            let line = line.drop(while: \.isWhitespace)
            if line.isEmpty || line.first == "#" { return nil }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let key = parts[0].wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)\s*/)?.output.1 else {
                return "\(path), line \(index + 1), is wrong: it must be KEY=value"
            }
            guard seen.insert(key).inserted else { return "\(path), line \(index + 1), gives \(key) again: leave out one of the lines" }
            let isQuoted = parts[1].first { !$0.isWhitespace }.map { "\"'".contains($0) } ?? false
            return isQuoted ? "\(path), line \(index + 1), is wrong: write the value of \(key) without quotes" : nil
        }
    }
}
