import Foundation

/// Standard error, for what is to be seen whatever the log level.
enum StandardError {
    /// Writes one line, whole: other threads' lines come before or after it.
    static func write(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }
}
