import Synchronization

/// Lines that were handed out.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}
