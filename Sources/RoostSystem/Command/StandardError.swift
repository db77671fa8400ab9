import Foundation

/// Standard error, for what is to be seen whatever the log level.
enum StandardError {
    /// Writes why something failed, each line of it behind a name.
    /// - Parameters:
    ///   - name: Whose failure it is.
    ///   - text: The lines.
    static func write(_ name: String, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map { "\(name): \($0)" }
        write(lines.joined(separator: "\n"))
    }

    /// Writes one line, whole: other threads' lines come before or after it.
    static func write(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }
}
