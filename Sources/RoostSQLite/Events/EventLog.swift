import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tables of the embedded bus. SQLite has one writer at a time, so positions become visible in order.
enum EventLog {
    static let migrations = [
        Migration(
            "roost_events_0001",
            """
            -- audience: the one group that a replayed event is for, empty for all.
            CREATE TABLE roost_events (
                position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL,
                event_key TEXT NOT NULL, time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL,
                audience TEXT NOT NULL, appended_at BIGINT NOT NULL, UNIQUE (id, audience)
            );
            CREATE INDEX roost_events_topic ON roost_events (topic, position);
            CREATE TABLE roost_event_groups (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
            CREATE TABLE roost_dead_letters (
                group_name TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL, event_key TEXT NOT NULL,
                time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL, error TEXT NOT NULL, attempts BIGINT NOT NULL,
                failed_at BIGINT NOT NULL, PRIMARY KEY (group_name, id)
            );
            """),
        Migration(
            "roost_events_0002",
            """
            ALTER TABLE roost_events ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
            ALTER TABLE roost_dead_letters ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
            """),
    ]

    static func append(_ envelope: EventEnvelope, to audience: String = "", at now: Date, in transaction: Transaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO roost_events (id, source, topic, version, event_key, time, traceparent, data, audience, appended_at) VALUES
            (\(envelope.id), \(envelope.source), \(envelope.topic), \(envelope.version), \(envelope.key), \(envelope.time),
            \(envelope.traceparent), \(envelope.data), \(audience), \(now)) ON CONFLICT (id, audience) DO NOTHING
            """)
    }

    static func events(
        after position: Int64, topics: [String], group: String, limit: Int, in database: Database
    ) async throws -> [EventDelivery] {
        let rows = try await database.query(
            """
            SELECT * FROM roost_events WHERE topic IN \(topics) AND position > \(position) AND audience IN \(["", group])
            ORDER BY position LIMIT \(limit)
            """)
        return try rows.map { EventDelivery(position: try $0.get("position"), envelope: try EventEnvelope($0)) }
    }

    /// Deletes some of the oldest events that need not be kept.
    static func prune(_ retention: EventRetention, now: Date, in transaction: Transaction) async throws {
        let oldest = now.addingTimeInterval(-retention.age)
        try await transaction.execute(
            """
            DELETE FROM roost_events WHERE position IN
            (SELECT position FROM roost_events ORDER BY position LIMIT 10000)
            AND (appended_at < \(oldest) OR position <= (SELECT MAX(position) FROM roost_events) - \(retention.count))
            """)
    }
}
