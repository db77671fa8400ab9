import Synchronization

/// What is found wrong while services are put together side by side, so that it is told all at once.
final class StartFaults: Sendable {
    private let state = Mutex<(lines: [String], consumers: Set<String>)>(([], []))

    var lines: [String] { state.withLock { $0.lines.sorted() } }

    func add(_ faults: [String]) { state.withLock { $0.lines += faults } }

    /// Notes that a service has a consumer of events. Of two, one alone would get any, as both are one group.
    func addConsumer(of service: String) {
        state.withLock { state in
            if !state.consumers.insert(service).inserted {
                state.lines.append("\(service) has two consumers of events: give all subscriptions to one")
            }
        }
    }
}
