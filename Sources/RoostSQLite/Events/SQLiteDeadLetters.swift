import Roost
import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The dead letters of the embedded bus.
struct SQLiteDeadLetters: DeadLetterQueue {
    let database: Database
    let notifier: Notifier
    let path: String

    var location: String { "the table roost_dead_letters of \(path)" }

    func add(_ letter: DeadLetter) async throws {
        let event = letter.envelope
        try await database.execute(
            """
            INSERT INTO roost_dead_letters
            (group_name, id, source, topic, version, event_key, time, traceparent, data, error, attempts, failed_at) VALUES
            (\(letter.group), \(event.id), \(event.source), \(event.topic), \(event.version), \(event.key), \(event.time),
            \(event.traceparent), \(event.data), \(letter.error), \(letter.attempts), \(letter.time))
            ON CONFLICT (group_name, id) DO UPDATE SET
            error = excluded.error, attempts = excluded.attempts, failed_at = excluded.failed_at
            """)
    }

    func list(group: String, limit: Int) async throws -> [DeadLetter] {
        let rows = try await database.query(
            "SELECT * FROM roost_dead_letters WHERE group_name = \(group) ORDER BY failed_at, id LIMIT \(limit)")
        return try rows.map { row in
            DeadLetter(
                envelope: try EventEnvelope(row), group: group, error: try row.get("error"), attempts: try row.get("attempts"),
                time: try row.get("failed_at"))
        }
    }

    func replay(_ eventID: String, group: String) async throws -> Bool {
        let isThere = try await database.transaction { transaction in
            let row = try await transaction.first(
                "DELETE FROM roost_dead_letters WHERE group_name = \(group) AND id = \(eventID) RETURNING *")
            guard let row else { return false }
            // An earlier replay of the same event would make this one a duplicate.
            try await transaction.execute("DELETE FROM roost_events WHERE id = \(eventID) AND audience = \(group)")
            try await EventLog.append(try EventEnvelope(row), to: group, at: transaction.clock.now, in: transaction)
            return true
        }
        notifier.notify()
        return isThere
    }
}
