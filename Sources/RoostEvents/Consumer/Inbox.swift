import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records in the service's own database which events each subscription has handled, so that an event that is delivered again has no second
/// effect.
public enum Inbox {
    /// The tables of an `EventConsumer`.
    public static let migrations = [
        Migration(
            "roost_inbox_0001",
            """
            CREATE TABLE roost_inbox (
                subscription TEXT NOT NULL, event_id TEXT NOT NULL, handled_at BIGINT NOT NULL, PRIMARY KEY (subscription, event_id)
            );
            CREATE INDEX roost_inbox_handled_at ON roost_inbox (handled_at);
            """),
        Migration(
            "roost_inbox_0002",
            """
            -- Events that wait for another attempt, and those of the same key that wait behind them.
            CREATE TABLE roost_parked (
                number INTEGER PRIMARY KEY AUTOINCREMENT, subscription TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL,
                topic TEXT NOT NULL, event_key TEXT NOT NULL, time BIGINT NOT NULL, traceparent TEXT, data BLOB NOT NULL,
                attempts BIGINT NOT NULL, due_at BIGINT NOT NULL, error TEXT, UNIQUE (subscription, id)
            );
            CREATE INDEX roost_parked_line ON roost_parked (subscription, event_key, number);
            """),
    ]

    /// 14 days: twice as long as a bus keeps events.
    static let retention: TimeInterval = 14 * 86_400

    /// Records that a subscription has handled an event.
    /// - Returns: Whether it was not recorded before.
    static func record(_ eventID: String, for subscription: String, in transaction: Transaction) async throws -> Bool {
        try await transaction.execute(
            """
            INSERT INTO roost_inbox (subscription, event_id, handled_at) VALUES (\(subscription), \(eventID), \(transaction.clock.now))
            ON CONFLICT (subscription, event_id) DO NOTHING
            """) == 1
    }

    static func contains(_ eventID: String, for subscription: String, in database: Database) async throws -> Bool {
        try await database.first("SELECT 1 FROM roost_inbox WHERE subscription = \(subscription) AND event_id = \(eventID)") != nil
    }

    /// Deletes some of the records that are older than the retention.
    static func prune(_ database: Database) async throws {
        let oldest = database.clock.now.addingTimeInterval(-retention)
        try await database.execute(
            """
            DELETE FROM roost_inbox WHERE (subscription, event_id) IN
            (SELECT subscription, event_id FROM roost_inbox WHERE handled_at < \(oldest) ORDER BY handled_at LIMIT 1000)
            """)
    }
}
