import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Transaction {
    /// Publishes an event with this transaction: it is sent after the commit, or never if the transaction is rolled back.
    ///
    /// The database needs `Outbox.migrations`, and an `Outbox` that runs.
    /// - Throws: A `Problem` with status 413 or 422 if the event is larger than `EventLimits` allow or its key is not allowed; a
    ///   `DatabaseError`.
    public func publish<E: Event>(_ event: E) async throws { try await send(event, at: nil) }

    /// Publishes an event with this transaction, to be sent some time after the commit. It is kept in the database until then, whether or
    /// not a process runs.
    ///
    /// The order of a key is not promised for a delayed event: it is sent when it is due, before or after others of its key.
    /// - Parameters:
    ///   - event: The event. Its time is that of the publication.
    ///   - delay: How long to wait, at most `EventLimits.delay`.
    /// - Throws: What `publish(_:)` throws; a `Problem` with status 422 if the delay is too long.
    public func publish<E: Event>(_ event: E, after delay: Duration) async throws {
        guard delay <= EventLimits.delay else { throw EventLimits.tooLate(E.topic) }
        try await send(event, at: clock.now + max(.zero, delay).inSeconds)
    }

    /// Publishes an event with this transaction, to be sent at a time, or at once if the time has passed. See `publish(_:after:)`.
    /// - Parameters:
    ///   - event: The event.
    ///   - date: When to send it, at most `EventLimits.delay` from now.
    /// - Throws: What `publish(_:)` throws; a `Problem` with status 422 if the time is too far away.
    public func publish<E: Event>(_ event: E, at date: Date) async throws {
        guard date <= clock.now + EventLimits.delay.inSeconds else { throw EventLimits.tooLate(E.topic) }
        try await send(event, at: date)
    }

    /// - Parameter date: The time of a delayed event.
    private func send<E: Event>(_ event: E, at date: Date?) async throws {
        try await withCallSpan("send \(E.topic)", .producer, ["messaging.system": "roost", "messaging.destination.name": E.topic]) {
            let envelope = EventEnvelope(event, source: "")
            try envelope.checkLimits()
            // A delayed event has no lane: the later events of its key do not wait for it.
            try await WorkQueue.add(
                OutgoingEvent(envelope), to: Outbox.queue, id: envelope.id, key: date == nil ? envelope.key : nil, at: date, in: self)
        }
    }
}

extension EventLimits {
    fileprivate static func tooLate(_ topic: String) -> Problem {
        Problem(.unprocessable, "An event of \(topic) cannot be delayed by more than \(delay.components.seconds / 86_400) days.")
    }
}
