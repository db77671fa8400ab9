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
/// Any number of processes can be members of a group. Each reads some of the log's 32 lanes, and events wake it at once, in whatever process
/// they are published. The lanes of a process that dies go to other members at once, and those of one that hangs after 15 s.
///
/// Events are kept until all groups have settled them, and by default for seven days or until a million newer ones are there.
public final class SQLiteEventBus: EventHistory {
    let database: Database
    private let publications: GroupCommit<[EventEnvelope], Void>

    /// The tables of the log.
    package static var migrations: [Migration] { EventLog.migrations }

    /// Creates a bus on a database with `migrations`.
    package init(_ database: Database, retention: EventRetention = EventRetention()) {
        self.database = database
        let appends = Atomic<Int>(0)
        publications = GroupCommit(limit: 64) { publications in
            let now = database.clock.now, count = publications.reduce(0) { $0 + $1.count }
            let earlier = appends.wrappingAdd(count, ordering: .relaxed).oldValue, prunes = earlier / 256 < (earlier + count) / 256
            try await database.transaction { transaction in
                try await transaction.run(EventLog.appending(publications.joined(), at: now))
                if prunes { try await EventLog.prune(retention, now: now, in: transaction) }
                try await transaction.signal(EventLog.channel)
            }
            return publications.map { _ in }
        }
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
        SQLiteEventBus(try await Database.open(url, key: key, migrations: EventLog.migrations, clock: clock), retention: retention)
    }

    /// Writes events in one transaction, and wakes the members of all groups. What several callers publish at the same time shares a commit.
    /// - Throws: A `Problem` with status 413 or 422 if an event is not within `EventLimits`; a `DatabaseError`.
    public func publish(_ envelopes: [EventEnvelope]) async throws {
        guard !envelopes.isEmpty else { return }
        for envelope in envelopes { try envelope.checkLimits() }
        try await publications.commit(envelopes)
    }

    /// Adds a member to a group. A new group begins with the oldest event that is kept.
    /// - Throws: A `ConfigurationError` if the group's name is not 1 to 64 lower-case letters, digits and hyphens; a `DatabaseError`.
    public func join(_ membership: GroupMembership) async throws -> any GroupMember {
        try EventGroup.check(membership.group)
        return try await SQLiteGroupMember.join(membership, in: database)
    }

    /// Delivers all events since a time that are still kept to a group again.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func replay(_ group: String, from date: Date) async throws -> Int? {
        try await GroupRows(group: group, database: database).replay(from: date)
    }

    /// Waits for the transactions in progress, and closes the file.
    public func close() async { await database.close() }
}

/// How long events that every group has settled are kept.
public struct EventRetention: Hashable, Sendable {
    /// The age in seconds.
    public var age: TimeInterval
    /// The number of events.
    public var count: Int
    /// The time in seconds after which a group without a member is forgotten: no more events are kept for it.
    public var absence: TimeInterval

    /// The time in seconds for which an event is kept in any case, so that it is not taken twice if it is published again.
    static let identifiers: TimeInterval = 600

    /// Creates a rule.
    /// - Parameters:
    ///   - age: The time in seconds for which events are kept.
    ///   - count: The number of events that are kept.
    ///   - absence: The time in seconds after which a group without a member is forgotten.
    public init(age: TimeInterval = 7 * 86_400, count: Int = 1_000_000, absence: TimeInterval = 30 * 86_400) {
        self.age = age
        self.count = count
        self.absence = absence
    }
}
