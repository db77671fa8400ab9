import Roost
import RoostData

/// The handler of an event.
public struct Subscription: EventSubscription {
    let topic: String
    let name: String
    let handle: @Sendable (EventEnvelope, EventAttempt) async throws -> Void

    /// Creates a subscription that handles an event in a transaction of the service's database. The transaction also records the event, so
    /// that its effect happens exactly once.
    ///
    /// The transaction blocks other writers of the database, so the handler should only read, write and publish in it.
    /// - Parameters:
    ///   - type: The type of the event.
    ///   - name: A name that is unique in the service and never changed: events that were handled under another name are handled again.
    ///   - handle: Handles the event. If it throws, the transaction is rolled back and the event is tried again.
    public init<E: Event>(_ type: E.Type, named name: String, _ handle: @escaping @Sendable (E, Transaction) async throws -> Void) {
        topic = E.topic
        self.name = name
        self.handle = { envelope, attempt in
            let event = try Self.decoded(E.self, from: envelope)
            try await attempt.inTransaction { try await handle(event, $0) }
        }
    }

    /// Creates a subscription that handles an event outside a transaction, at least once: if the process is killed before the event is
    /// recorded, it is handled again. For work that is safe to repeat, or that calls other services.
    /// - Parameters:
    ///   - type: The type of the event.
    ///   - name: A name that is unique in the service and never changed.
    ///   - handle: Handles the event. If it throws, the event is tried again.
    public init<E: Event>(_ type: E.Type, named name: String, _ handle: @escaping @Sendable (E) async throws -> Void) {
        topic = E.topic
        self.name = name
        self.handle = { envelope, attempt in
            let event = try Self.decoded(E.self, from: envelope)
            try await attempt.outsideTransaction { try await handle(event) }
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
