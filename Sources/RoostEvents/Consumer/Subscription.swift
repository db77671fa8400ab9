import Roost
import RoostData

/// The handler of an event.
public struct Subscription: EventSubscription {
    let topic: String
    let name: String
    /// The names under which it has handled events before.
    let formerNames: [String]
    let deadEventPolicy: DeadEventPolicy
    let handle: @Sendable (EventEnvelope, EventAttempt) async throws -> Void

    /// Creates a subscription that handles an event in a transaction of the service's database. The transaction also records the event, so
    /// that its effect happens exactly once.
    ///
    /// The transaction may block other writers of the database, so the handler should only read, write and publish in it. There is no time limit.
    /// - Parameters:
    ///   - type: The type of the event.
    ///   - name: A name of 1 to 64 lowercase letters, digits and hyphens that is unique in the service. The events that it has handled are
    ///     stored with it.
    ///   - formerNames: Names that the subscription had before: what it handled under them is not handled again.
    ///   - policy: What to do about the later events of a key whose event has become a dead letter.
    ///   - handle: Handles the event. If it throws, the transaction is rolled back and the event is tried again.
    public init<E: Event>(
        _ type: E.Type, named name: String, formerly formerNames: [String] = [], onDeath policy: DeadEventPolicy = .skip,
        _ handle: @escaping @Sendable (E, Transaction) async throws -> Void
    ) {
        topic = E.topic
        self.name = name
        self.formerNames = formerNames
        deadEventPolicy = policy
        self.handle = { envelope, attempt in
            let event = try envelope.event(as: E.self)
            try await attempt.inTransaction { try await handle(event, $0) }
        }
    }

    /// Creates a subscription that handles an event outside a transaction, at least once: if the process is killed before the event is
    /// recorded, it is handled again. It is for work that is safe to repeat, such as calls of other services. There is no time limit: give one to
    /// calls that may not be answered.
    /// - Parameters:
    ///   - type: The type of the event.
    ///   - name: A name of 1 to 64 lowercase letters, digits and hyphens that is unique in the service. The events that it has handled are
    ///     stored with it.
    ///   - formerNames: Names that the subscription had before: what it handled under them is not handled again.
    ///   - policy: What to do about the later events of a key whose event has become a dead letter.
    ///   - handle: Handles the event. If it throws, the event is tried again.
    public init<E: Event>(
        _ type: E.Type, named name: String, formerly formerNames: [String] = [], onDeath policy: DeadEventPolicy = .skip,
        _ handle: @escaping @Sendable (E) async throws -> Void
    ) {
        topic = E.topic
        self.name = name
        self.formerNames = formerNames
        deadEventPolicy = policy
        self.handle = { envelope, attempt in
            let event = try envelope.event(as: E.self)
            try await attempt.outsideTransaction { try await handle(event) }
        }
    }
}

extension [Subscription] {
    /// What is wrong with the names, one line for each fault. If two subscriptions had the same name, the first one to handle an event would
    /// keep it from the other.
    var nameFaults: [String] {
        let names = map(\.name), all = flatMap { Set([$0.name] + $0.formerNames) }
        let repeated = Dictionary(grouping: all) { $0 }.filter { $1.count > 1 }.keys.sorted()
        return Set(names).filter { !EventGroup.allows($0) }.sorted().map {
            "has a subscription named \($0): name it with 1 to 64 lowercase letters, digits and hyphens"
        }
            + repeated.map { name in
                names.count { $0 == name } > 1
                    ? "has more than one subscription named \(name): give each a name of its own"
                    : "has another subscription that is or was named \(name): give each a name of its own"
            }
    }
}
