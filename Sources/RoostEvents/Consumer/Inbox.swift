import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records in the service's own database which events each subscription has handled, so that an event that is delivered again has no second
/// effect. A replayed event is of a later generation, and is handled again.
public enum Inbox {
    /// 14 days. After a longer time, an event is only delivered again by a replay, which has a generation of its own.
    static let retention: TimeInterval = 14 * 86_400

    /// Records that a subscription handles an event.
    /// - Returns: Whether it was not recorded before.
    static func record(_ event: ParkedEvent, in transaction: Transaction) async throws -> Bool {
        try await transaction.execute(
            """
            INSERT INTO roost_inbox (subscription, event_id, generation, handled_at)
            VALUES (\(event.subscription), \(event.event.id), \(event.generation), \(transaction.clock.now))
            ON CONFLICT (subscription, event_id, generation) DO NOTHING
            """) == 1
    }

    /// Records that a subscription handles an event, unless earlier events of its key are parked.
    /// - Returns: Whether it was recorded: if not, it was recorded before, or has to join the others.
    static func recordUnlessBehind(_ event: ParkedEvent, in transaction: Transaction) async throws -> Bool {
        try await transaction.execute(
            """
            INSERT INTO roost_inbox (subscription, event_id, generation, handled_at)
            SELECT \(event.subscription), \(event.event.id), \(event.generation), \(transaction.clock.now)
            WHERE NOT EXISTS (\(ParkedEvents.line(of: event)))
            ON CONFLICT (subscription, event_id, generation) DO NOTHING
            """) == 1
    }

    /// Returns whether an event was handled by a subscription under one of these names.
    static func contains(_ event: ParkedEvent, under names: [String], in database: some Querying) async throws -> Bool {
        guard !names.isEmpty else { return false }
        let row = try await database.first(
            """
            SELECT 1 FROM roost_inbox WHERE subscription IN \(names) AND event_id = \(event.event.id)
            AND generation = \(event.generation) LIMIT 1
            """)
        return row != nil
    }

    /// Deletes the records that are older than the retention, in portions.
    static func prune(_ database: Database) async throws {
        let oldest = database.clock.now.addingTimeInterval(-retention), portion = 1000
        var count = portion
        while count == portion {
            count = try await database.transaction(durability: .deferred) { transaction in
                try await transaction.execute(
                    """
                    DELETE FROM roost_inbox WHERE (subscription, event_id, generation) IN (SELECT subscription, event_id, generation
                    FROM roost_inbox WHERE handled_at < \(oldest) ORDER BY handled_at LIMIT \(portion))
                    """)
            }
        }
    }
}
