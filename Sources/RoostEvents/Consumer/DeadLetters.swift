import Roost
import RoostData
import RoostWork

/// The events that a service could not handle. They are rows of its own database, kept until a person decides.
public struct DeadLetters: Sendable {
    private let queue: WorkQueue<ParkedEvent>

    /// Refers to the dead letters of a service.
    /// - Parameter database: The service's own database, with `Inbox.migrations`.
    public init(in database: Database) { queue = ParkedEvents(in: database).queue }

    /// Returns the dead letters that can be read, the oldest first.
    /// - Parameter limit: The largest number to return.
    /// - Throws: A `DatabaseError`.
    public func list(limit: Int) async throws -> [DeadLetter] {
        try await queue.dead(limit: limit).compactMap { dead in
            guard let event = try? dead.job.get() else { return nil }
            return DeadLetter(
                id: dead.id, envelope: event.envelope, subscription: event.subscription.isEmpty ? nil : event.subscription,
                error: dead.reason, attempts: dead.attempts,
                time: dead.date, holdsKey: dead.holdsKey)
        }
    }

    /// Handles an event again, with all of its attempts, before the later events of its key that wait for it.
    /// - Parameter id: The identifier of the dead letter.
    /// - Returns: Whether there was such a dead letter.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func replay(_ id: String) async throws -> Bool { try await queue.retry(id) }

    /// Deletes a dead letter, so that its event is never handled. The later events of its key that wait for it are handled.
    /// - Parameter id: The identifier of the dead letter.
    /// - Returns: Whether there was such a dead letter.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func discard(_ id: String) async throws -> Bool { try await queue.discard(id) }
}
