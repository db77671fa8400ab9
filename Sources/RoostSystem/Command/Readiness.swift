import Foundation
import Roost

/// How a process reports to its parent that it is ready: by a line on standard output that only the two know.
///
/// Over the network, another server on the same port could answer instead.
enum Readiness {
    /// Writes the line, if one is asked for.
    static func tell(_ settings: Settings) throws(ConfigurationError) {
        guard let line = try settings[.readyLine] else { return }
        // If the program has printed a part of a line, this one must not continue it.
        fflush(nil)
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }
}
