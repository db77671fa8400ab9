import Foundation

/// Standard error, for texts that are shown at every log level.
enum StandardError {
    /// Writes why something failed, with a name before each line.
    /// - Parameters:
    ///   - name: The name of what failed.
    ///   - text: The lines.
    static func write(_ name: String, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map { "\(name): \($0)" }
        write(lines.joined(separator: "\n"))
    }

    /// Writes one whole line, not mixed with those of other threads.
    static func write(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }
}
