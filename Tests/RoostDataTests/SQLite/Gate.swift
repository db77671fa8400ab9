import Roost
import Synchronization

/// A gate that a test opens, and a record of what has passed it.
final class Gate: Sendable {
    private let latch = Latch()

    func open() { latch.open() }

    func wait() async { await latch.wait() }
}

/// What the tasks of a test have recorded, in order.
final class Record<Entry: Sendable & Equatable>: Sendable {
    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func add(_ entry: Entry) { entries.withLock { $0.append(entry) } }

    /// Waits until an entry was recorded.
    func wait(for entry: Entry) async { while !all.contains(entry) { await Task.yield() } }
}
