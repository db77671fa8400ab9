import Synchronization

/// The faults that are found while services are assembled concurrently, so that all of them are reported at once.
final class StartFaults: Sendable {
    private let state = Mutex<(lines: [String], databases: Set<String>)>(([], []))

    var lines: [String] { state.withLock { $0.lines.sorted() } }

    func add(_ faults: [String]) { state.withLock { $0.lines += faults } }

    /// Records that a service opens its database. If it did so twice, the second call's migrations would be ignored.
    func addDatabase(of service: String) {
        state.withLock { state in
            if !state.databases.insert(service).inserted {
                state.lines.append("\(service) opens its database twice: open it once, with all of its migrations")
            }
        }
    }
}
