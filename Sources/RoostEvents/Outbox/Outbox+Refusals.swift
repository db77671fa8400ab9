import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Outbox {
    /// An event that is to be relayed.
    struct QueuedEvent {
        let position: Int64
        let envelope: EventEnvelope
        /// How often the bus has not taken it while it took others.
        let attempts: Int
    }

    /// A bus that took none of the events for so long is down, and none of them is to blame.
    private static let patience = Duration.seconds(5)

    /// The oldest events that do not wait for another attempt, nor behind one of their key that does.
    func due(atMost count: Int) async throws -> [QueuedEvent] {
        let now = Date()
        let rows = try await database.query(
            """
            SELECT * FROM roost_outbox AS event WHERE due_at <= \(now) AND NOT EXISTS (
                SELECT 1 FROM roost_outbox AS waiting WHERE waiting.attempts > 0 AND waiting.due_at > \(now)
                AND waiting.event_key = event.event_key AND waiting.position < event.position
            ) ORDER BY position LIMIT \(count)
            """)
        return try rows.map { row in
            QueuedEvent(position: try row.get("position"), envelope: try envelope(row), attempts: try row.get("attempts"))
        }
    }

    func remove(_ events: [QueuedEvent]) async throws {
        try await database.execute("DELETE FROM roost_outbox WHERE position IN \(events.map(\.position))")
    }

    /// Finds out which of the events the bus does not take.
    /// - Throws: what the bus throws where it takes none, or is not set up.
    func relaySingly(_ events: [QueuedEvent]) async throws {
        var failed: [(event: QueuedEvent, error: any Error)] = []
        var keys: Set<String> = [], taken = 0
        let limit = ContinuousClock.now + Self.patience
        for event in events where !keys.contains(event.envelope.key) {
            do {
                try await bus.append([event.envelope])
            } catch {
                try Task.checkCancellation()
                if error is ConfigurationError { throw error }
                if FailureKind(of: error) == .permanent {
                    try await end(event, error, attempts: event.attempts + 1)
                    continue
                }
                keys.insert(event.envelope.key)
                failed.append((event, error))
                if taken == 0, .now > limit { throw error }
                continue
            }
            taken += 1
            try await remove([event])
        }
        if taken == 0, let error = failed.first?.error { throw error }
        for (event, error) in failed { try await note(error, of: event) }
    }

    private func note(_ error: any Error, of event: QueuedEvent) async throws {
        let attempts = event.attempts + 1
        guard attempts < retry.attempts else { return try await end(event, error, attempts: attempts) }
        let pause = retry.delay(after: attempts)
        try await database.execute(
            "UPDATE roost_outbox SET attempts = \(attempts), due_at = \(Date() + pause.seconds) WHERE position = \(event.position)")
        context(of: event).logger.warning(
            "The bus did not take an event, attempt \(attempts) of \(retry.attempts): \(error). Next try in \(pause.seconds) s.")
    }

    /// Makes a dead letter of an event.
    private func end(_ event: QueuedEvent, _ error: any Error, attempts: Int) async throws {
        let envelope = event.envelope
        try await database.transaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO roost_outbox_dead_letters (id, topic, event_key, time, traceparent, data, error, attempts, failed_at) VALUES
                (\(envelope.id), \(envelope.topic), \(envelope.key), \(envelope.time), \(envelope.traceparent), \(envelope.data),
                \(FailureKind.reason(of: error)), \(attempts), \(Date())) ON CONFLICT (id) DO NOTHING
                """)
            try await transaction.execute("DELETE FROM roost_outbox WHERE position = \(event.position)")
        }
        context(of: event).logger.error(
            """
            The bus did not take an event, attempt \(attempts) of \(retry.attempts): \(error). \
            It is now in the table roost_outbox_dead_letters of the database of \(source).
            """)
    }

    /// The events that the bus did not take, the oldest first.
    /// - Parameter limit: the most to give.
    public func deadLetters(limit: Int) async throws -> [DeadLetter] {
        try await database.query("SELECT * FROM roost_outbox_dead_letters ORDER BY failed_at, id LIMIT \(limit)").map { row in
            DeadLetter(
                envelope: try envelope(row), group: source, error: try row.get("error"), attempts: try row.get("attempts"),
                time: try row.get("failed_at"))
        }
    }

    /// Relays a dead letter again, behind all that is to be relayed. The letter is gone.
    /// - Returns: whether there was such a letter.
    @discardableResult
    public func replay(_ eventID: String) async throws -> Bool {
        try await database.transaction { transaction in
            let moved = try await transaction.execute(
                """
                INSERT INTO roost_outbox (id, topic, event_key, time, traceparent, data)
                SELECT id, topic, event_key, time, traceparent, data FROM roost_outbox_dead_letters WHERE id = \(eventID)
                """)
            try await transaction.execute("DELETE FROM roost_outbox_dead_letters WHERE id = \(eventID)")
            return moved > 0
        }
    }

    private func envelope(_ row: Row) throws -> EventEnvelope {
        EventEnvelope(
            id: try row.get("id"), source: source, topic: try row.get("topic"), key: try row.get("event_key"),
            time: try row.get("time"), traceparent: try row.get("traceparent"), data: try row.get("data"))
    }

    private func context(of event: QueuedEvent) -> RequestContext {
        var context = RequestContext()
        context.logger[metadataKey: "event"] = "\(event.envelope.id)"
        context.logger[metadataKey: "topic"] = "\(event.envelope.topic)"
        context.logger[metadataKey: "source"] = "\(source)"
        return context
    }
}
