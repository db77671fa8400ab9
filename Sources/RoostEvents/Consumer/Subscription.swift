import Roost
import RoostData

/// What to do when an event happens.
public struct Subscription: EventSubscription {
    let topic: String
    let name: String
    let handle: @Sendable (EventEnvelope, Database) async throws -> Void

    /// Handles an event in a transaction of the service's database, exactly once in effect: the transaction also records the event.
    ///
    /// The transaction holds the database's writer, so the handler should do no more than read, write and publish in it.
    /// - Parameters:
    ///   - name: unique in its service and never changed: an event that was handled under another name is handled again.
    ///   - handle: what it throws rolls back all that it did and has the event tried again.
    public init<E: Event>(_ type: E.Type, named name: String, _ handle: @escaping @Sendable (E, Transaction) async throws -> Void) {
        topic = E.topic
        self.name = name
        self.handle = { envelope, database in
            let event = try Self.decoded(E.self, from: envelope)
            try await database.transaction { transaction in
                guard try await Inbox.record(envelope.id, for: name, in: transaction) else { return }
                try await handle(event, transaction)
            }
        }
    }

    /// Handles an event outside any transaction, at least once: a process killed before the event is recorded handles it again.
    /// For work that is safe to repeat, or that calls other services.
    /// - Parameters:
    ///   - name: unique in its service and never changed.
    ///   - handle: what it throws has the event tried again.
    public init<E: Event>(_ type: E.Type, named name: String, _ handle: @escaping @Sendable (E) async throws -> Void) {
        topic = E.topic
        self.name = name
        self.handle = { envelope, database in
            let event = try Self.decoded(E.self, from: envelope)
            guard try await !Inbox.contains(envelope.id, for: name, in: database) else { return }
            try await handle(event)
            _ = try await database.transaction { try await Inbox.record(envelope.id, for: name, in: $0) }
        }
    }

    private static func decoded<E: Event>(_ type: E.Type, from envelope: EventEnvelope) throws -> E {
        do {
            return try JSON.decode(E.self, from: envelope.data)
        } catch {
            throw Problem(.unprocessable, "The event is not a valid \(E.self): \(error.message)", code: .unreadableEvent, cause: error)
        }
    }
}

extension Problem.Code {
    /// No further attempt makes the event readable.
    static let unreadableEvent = Problem.Code(rawValue: "unreadable_event")
}
