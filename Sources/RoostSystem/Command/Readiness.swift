import Foundation
import Roost

/// How a process tells whoever started it that it is ready: by a line on standard output that only the two know.
///
/// Asked over the network, another server on the same port would answer as well.
enum Readiness {
    static func newLine() -> String { "ready " + UUID().uuidString }

    /// Writes the line, where one is asked for.
    static func tell(_ settings: Settings) throws(ConfigurationError) {
        guard let line = try settings[.readyLine] else { return }
        // A line that the program has printed in part must not be glued to this one.
        fflush(nil)
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }
}
