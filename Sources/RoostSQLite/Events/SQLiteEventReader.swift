import Roost
import RoostData
import RoostEvents
import Synchronization

/// The position of a group in the log.
final class SQLiteEventReader: EventReader {
    private let bus: SQLiteEventBus
    private let group: String
    private let topics: [String]
    private let lock: GroupLock
    private let position: Mutex<Int64>

    /// The pauses between looks for the events of other processes.
    private static let pauses = Backoff(first: .milliseconds(5), longest: .milliseconds(25), jitter: 1...1)

    init(_ bus: SQLiteEventBus, group: String, topics: Set<String>, lock: GroupLock, after position: Int64) {
        self.bus = bus
        self.group = group
        self.topics = topics.sorted()
        self.lock = lock
        self.position = Mutex(position)
    }

    func next(atMost count: Int) async throws -> [EventDelivery] {
        var looks = 0
        while true {
            try Task.checkCancellation()
            let seen = bus.notifier.count
            let after = position.withLock { $0 }
            let deliveries = try await EventLog.events(after: after, topics: topics, group: group, limit: count, in: bus.database)
            if let last = deliveries.last {
                position.withLock { $0 = last.position }
                return deliveries
            }
            // Appends in this process notify its readers; those of other processes are found by looking.
            looks += 1
            await bus.notifier.wait(beyond: seen, by: .now + Self.pauses.pause(after: looks))
        }
    }

    func commit(through position: Int64) async throws {
        try await bus.database.execute(
            """
            INSERT INTO roost_event_groups (name, position) VALUES (\(group), \(position))
            ON CONFLICT (name) DO UPDATE SET position = excluded.position
            """)
    }

    func close() { lock.release() }
}
