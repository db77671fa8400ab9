import Roost
import RoostData
import RoostEvents
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A durable event log in an SQLite file, shared by the processes of one machine. Its table `roost_events` is plain SQL, so that services
/// in other languages can read it too.
///
/// Appending wakes the readers in the same process immediately; those in other processes look every 5 to 25 ms. By default, events are kept
/// for seven days, and at most a million of them.
public final class SQLiteEventBus: EventBus {
    let database: Database
    let notifier = Notifier()
    private let path: String
    private let retention: EventRetention
    private let appends = Atomic<Int>(0)

    private init(_ database: Database, path: String, retention: EventRetention) {
        self.database = database
        self.path = path
        self.retention = retention
    }

    /// Opens a bus.
    /// - Parameters:
    ///   - url: `sqlite:PATH`.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - retention: How long events are kept.
    ///   - clock: The clock by which they are kept.
    /// - Throws: A `ConfigurationError` if the URL is invalid or the file cannot be opened.
    public static func open(
        _ url: String, key: String = "EVENTS_URL", retention: EventRetention = EventRetention(), clock: any ServiceClock = WallClock()
    ) async throws -> SQLiteEventBus {
        let location = try SQLiteLocation(url: url, key: key)
        return SQLiteEventBus(
            try await Database.open(url, key: key, migrations: EventLog.migrations, clock: clock), path: location.path, retention: retention
        )
    }

    /// Writes events in one transaction, and wakes the readers of this process.
    /// - Throws: A `DatabaseError`.
    public func append(_ envelopes: [EventEnvelope]) async throws {
        guard !envelopes.isEmpty else { return }
        let now = database.clock.now
        let prunes = appends.wrappingAdd(1, ordering: .relaxed).oldValue.isMultiple(of: 256)
        try await database.transaction { [retention] transaction in
            for envelope in envelopes { try await EventLog.append(envelope, at: now, in: transaction) }
            if prunes { try await EventLog.prune(retention, now: now, in: transaction) }
        }
        notifier.notify()
    }

    /// Waits until no other reader of the group exists on this machine, and then reads on behind the group's last commit.
    /// - Throws: A `ConfigurationError` if the group's name is not 1 to 64 lower-case letters, digits and hyphens; a `CancellationError`.
    public func reader(group: String, topics: Set<String>) async throws -> any EventReader {
        try EventGroup.check(group)
        while true {
            if let lock = try GroupLock.take("\(path).\(group).lock") {
                let row = try await database.first("SELECT position FROM roost_event_groups WHERE name = \(group)")
                return SQLiteEventReader(self, group: group, topics: topics, lock: lock, after: try row?.get("position") ?? 0)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The dead letters, which are kept in the same file.
    public var deadLetters: any DeadLetterQueue { SQLiteDeadLetters(database: database, notifier: notifier, path: path) }

    /// Waits for the transactions in progress, and closes the file.
    public func close() async { await database.close() }
}

/// How long events are kept, even if not every group has handled them.
public struct EventRetention: Hashable, Sendable {
    /// The age in seconds.
    public var age: TimeInterval
    /// The number of events.
    public var count: Int

    /// Creates a rule.
    /// - Parameters:
    ///   - age: The time in seconds for which events are kept.
    ///   - count: The number of events that are kept.
    public init(age: TimeInterval = 7 * 86_400, count: Int = 1_000_000) {
        self.age = age
        self.count = count
    }
}
