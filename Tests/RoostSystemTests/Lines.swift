import Synchronization

/// The lines that were written.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}
