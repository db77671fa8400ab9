import RoostEvents
import RoostTesting
import Synchronization

/// The position of a group on a bus in memory.
final class TestEventReader: EventReader {
    private let log: Observed<EventLog>
    private let group: String
    private let position: Mutex<Int64>
    private let isOpen = Atomic(true)

    init(_ log: Observed<EventLog>, group: String, after position: Int64) {
        self.log = log
        self.group = group
        self.position = Mutex(position)
    }

    func next(atMost count: Int) async throws -> [EventDelivery] {
        let after = position.withLock { $0 }
        let deliveries = try await log.wait(for: "an event", within: nil) { [group] log in
            let deliveries = try log.deliveries(of: group, after: after, atMost: count)
            return deliveries.isEmpty ? nil : deliveries
        }
        if let last = deliveries.last { position.withLock { $0 = last.position } }
        return deliveries
    }

    func commit(through position: Int64) async throws { try log.change { try $0.commit(group, through: position) } }

    func close() {
        // The group may belong to another reader already.
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        log.change { $0.releaseReader(group) }
    }

    deinit { close() }
}

/// The dead letters of a bus in memory.
struct TestDeadLetters: DeadLetterQueue {
    let log: Observed<EventLog>

    var location: String { "the test's event bus" }

    func add(_ letter: DeadLetter) async throws { try log.change { try $0.add(letter) } }

    func list(group: String, limit: Int) async throws -> [DeadLetter] {
        try log.read { try $0.letters(of: group, atMost: limit) }
    }

    func replay(_ eventID: String, group: String) async throws -> Bool { try log.change { try $0.replay(eventID, to: group) } }
}
