import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The events of the embedded bus. SQLite has one writer at a time, so positions become visible in order.
enum EventLog {
    /// An event of the log.
    struct Entry {
        let position: Int64
        let lane: Int
        let envelope: EventEnvelope

        init(_ row: ResultRow) throws {
            position = try row.get("position")
            lane = try row.get("lane")
            envelope = try EventEnvelope(row)
        }
    }

    /// What a member reads.
    struct Filter {
        let group: String
        let topics: [String]
        /// Events for a single group were dead letters in a file of an earlier version.
        var condition: SQL { "topic IN \(topics) AND audience IN \(["", group])" }
    }

    /// The channel that announces events and changes of groups to the members in all processes.
    static let channel = "roost_events"

    /// The changes that append events.
    static func appending(_ envelopes: some Sequence<EventEnvelope>, at now: Date) -> Batch {
        var batch = Batch()
        for envelope in envelopes {
            batch.execute(
                """
                INSERT INTO roost_events (id, source, topic, version, event_key, time, traceparent, data, audience, appended_at, lane) VALUES
                (\(envelope.id), \(envelope.source), \(envelope.topic), \(envelope.version), \(envelope.key), \(envelope.time),
                \(envelope.traceparent), \(envelope.data), '', \(now), \(KeyLanes.lane(of: envelope.key)))
                ON CONFLICT (id, audience) DO NOTHING
                """)
        }
        return batch
    }

    /// Returns events of one lane, in order.
    static func events(
        of lane: Int, after position: Int64, through end: Int64, _ filter: Filter, limit: Int, in database: Database
    ) async throws -> [Entry] {
        try await database.query(
            """
            SELECT * FROM roost_events WHERE lane = \(lane) AND position > \(position) AND position <= \(end) AND \(filter.condition)
            ORDER BY position LIMIT \(limit)
            """
        ).map(Entry.init)
    }

    /// Returns events of several lanes, in order.
    static func events(
        of lanes: [Int], after position: Int64, through end: Int64, _ filter: Filter, limit: Int, in database: Database
    ) async throws -> [Entry] {
        // The unary operator keeps the engine from reading lane by lane and sorting everything.
        try await database.query(
            """
            SELECT * FROM roost_events WHERE +lane IN \(lanes) AND position > \(position) AND position <= \(end) AND \(filter.condition)
            ORDER BY position LIMIT \(limit)
            """
        ).map(Entry.init)
    }

    /// Returns when the first event of each lane after a position was published.
    static func firstTimes(
        after positions: [Int: Int64], _ filter: Filter, in database: Database
    ) async throws -> [Int: Date] {
        var times: [Int: Date] = [:]
        for (lane, position) in positions {
            let row = try await database.first(
                """
                SELECT appended_at FROM roost_events WHERE lane = \(lane) AND position > \(position) AND \(filter.condition)
                ORDER BY position LIMIT 1
                """)
            times[lane] = try row?.get("appended_at", as: Date.self)
        }
        return times
    }

    /// Deletes some of the oldest events, if all groups have settled them and they need not be kept.
    static func prune(_ retention: EventRetention, now: Date, in transaction: Transaction) async throws {
        let forgotten = now - retention.absence, youngest = now - EventRetention.identifiers
        let oldest = min(now - retention.age, youngest)
        let gone = try await transaction.returning(
            """
            DELETE FROM roost_event_groups WHERE seen_at < \(forgotten) AND name NOT IN (SELECT group_name FROM roost_event_members)
            RETURNING name
            """)
        if !gone.isEmpty {
            try await transaction.execute(
                "DELETE FROM roost_event_lanes WHERE group_name NOT IN (SELECT name FROM roost_event_groups)")
        }
        try await transaction.execute(
            """
            DELETE FROM roost_events WHERE position IN
            (SELECT position FROM roost_events ORDER BY position LIMIT 10000)
            AND (appended_at < \(oldest)
                OR appended_at < \(youngest) AND position <= (SELECT max(position) FROM roost_events) - \(retention.count))
            AND NOT EXISTS (SELECT 1 FROM roost_event_lanes WHERE lane = roost_events.lane AND position < roost_events.position)
            """)
    }
}
