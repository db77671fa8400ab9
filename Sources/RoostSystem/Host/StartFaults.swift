import Synchronization

/// What is found wrong while services are put together side by side, so that it is told all at once.
final class StartFaults: Sendable {
    private let state = Mutex<(lines: [String], databases: Set<String>)>(([], []))

    var lines: [String] { state.withLock { $0.lines.sorted() } }

    func add(_ faults: [String]) { state.withLock { $0.lines += faults } }

    /// Notes that a service opens its database. A second time, its migrations would be passed over.
    func addDatabase(of service: String) {
        state.withLock { state in
            if !state.databases.insert(service).inserted {
                state.lines.append("\(service) opens its database twice: open it once, with all of its migrations")
            }
        }
    }
}
