import Roost
import RoostData
import RoostWork

extension Transaction {
    /// Publishes an event with this transaction: it is sent after the commit, or never if the transaction is rolled back.
    ///
    /// The database needs `Outbox.migrations`, and an `Outbox` that runs.
    /// - Throws: A `DatabaseError`.
    public func publish<E: Event>(_ event: E) async throws {
        try await withCallSpan("send \(E.topic)", .producer, ["messaging.system": "roost", "messaging.destination.name": E.topic]) {
            let envelope = EventEnvelope(event, source: "")
            try await WorkQueue.add(OutgoingEvent(envelope), to: Outbox.queue, id: envelope.id, key: envelope.key, in: self)
        }
    }
}
