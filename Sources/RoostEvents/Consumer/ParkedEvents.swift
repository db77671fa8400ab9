import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The events of one key that wait for one subscription.
struct ParkedLine: Hashable {
    let subscription: String
    let key: String
}

/// An event that waits for another attempt, or behind one that does.
struct ParkedEvent {
    let number: Int64
    let envelope: EventEnvelope
    /// The number of attempts.
    let attempts: Int
}

/// Keeps events that could not be handled yet in the service's own database, so that the bus can continue without them and a crash forgets
/// neither the events nor their attempts.
struct ParkedEvents {
    let database: Database

    /// Takes over the events that were parked when the subscriptions had other names. Only one process of a group handles events, so none is
    /// parked under a former name any more.
    func rename(_ subscriptions: [Subscription]) async throws {
        for subscription in subscriptions where !subscription.formerNames.isEmpty {
            try await database.execute(
                "UPDATE roost_parked SET subscription = \(subscription.name) WHERE subscription IN \(subscription.formerNames)")
        }
    }

    /// Returns the lines of these subscriptions, with the number of their events and the time at which the first one is due.
    func lines(of subscriptions: [String]) async throws -> [(line: ParkedLine, count: Int, due: Date)] {
        // Only the first event of a line was tried, and therefore has a time.
        let rows = try await database.query(
            """
            SELECT subscription, event_key, count(*) AS count, max(due_at) AS due_at FROM roost_parked
            WHERE subscription IN \(subscriptions) GROUP BY subscription, event_key
            """)
        return try rows.map { row in
            let line = ParkedLine(subscription: try row.get("subscription"), key: try row.get("event_key"))
            return (line, try row.get("count"), try row.get("due_at"))
        }
    }

    /// Adds an event at the end of its line.
    /// - Returns: Whether it was not in the line yet.
    func add(
        _ event: EventEnvelope, for subscription: String, attempts: Int = 0, due: Date = .distantPast, error: String? = nil
    ) async throws -> Bool {
        try await database.execute(
            """
            INSERT INTO roost_parked
            (subscription, id, source, topic, version, event_key, time, traceparent, data, attempts, due_at, error) VALUES
            (\(subscription), \(event.id), \(event.source), \(event.topic), \(event.version), \(event.key), \(event.time),
            \(event.traceparent), \(event.data), \(attempts), \(due), \(error)) ON CONFLICT (subscription, id) DO NOTHING
            """) == 1
    }

    func first(of line: ParkedLine) async throws -> ParkedEvent? {
        try await database.first(
            """
            SELECT * FROM roost_parked WHERE subscription = \(line.subscription) AND event_key = \(line.key) ORDER BY number LIMIT 1
            """
        ).map { row in
            ParkedEvent(number: try row.get("number"), envelope: try EventEnvelope(row), attempts: try row.get("attempts"))
        }
    }

    func note(_ attempts: Int, of event: ParkedEvent, due: Date, error: String) async throws {
        try await database.execute(
            "UPDATE roost_parked SET attempts = \(attempts), due_at = \(due), error = \(error) WHERE number = \(event.number)")
    }

    func remove(_ event: ParkedEvent) async throws {
        try await database.execute("DELETE FROM roost_parked WHERE number = \(event.number)")
    }
}
