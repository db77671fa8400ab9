import Roost
import RoostData

extension Transaction {
    /// Publishes an event with this transaction: it leaves once the transaction is committed, and never if it is not.
    ///
    /// The database needs `Outbox.migrations`, and an `Outbox` that runs.
    /// - Throws: a `DatabaseError`.
    public func publish<E: Event>(_ event: E) async throws {
        let envelope = EventEnvelope(event, source: "")
        try await execute(
            """
            INSERT INTO roost_outbox (id, topic, event_key, time, traceparent, data)
            VALUES (\(envelope.id), \(envelope.topic), \(envelope.key), \(envelope.time), \(envelope.traceparent), \(envelope.data))
            """)
    }
}
