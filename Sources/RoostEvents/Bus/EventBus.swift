/// Carries events from the services that publish them to the groups that handle them. Drivers pass `EventBusConformance`.
public protocol EventBus: Sendable {
    /// Takes events, in this order. Once it returns they are durable. An event whose id was taken already is passed over.
    func append(_ envelopes: [EventEnvelope]) async throws

    /// Waits until this is the only reader of the group, then reads on behind the group's last commit; a new group begins with the
    /// oldest event that is kept.
    /// - Parameter topics: what the group handles.
    func reader(group: String, topics: Set<String>) async throws -> any EventReader

    /// Events that could not be handled.
    var deadLetters: any DeadLetterQueue { get }

    /// Waits for what is under way, then closes the bus. A later use fails.
    func close() async
}

/// A group's place on the bus. It is given up when the reader is closed or its process dies.
public protocol EventReader: Sendable {
    /// Waits for the events behind those that were handed out, at least one.
    /// - Parameter count: the most to take.
    func next(atMost count: Int) async throws -> [EventDelivery]
    /// Notes that all events up to a position are settled: a later reader of the group begins behind it.
    func commit(through position: Int64) async throws
    func close()
}

/// An event as a reader gets it.
public struct EventDelivery: Hashable, Sendable {
    /// Grows from one delivery to the next.
    public let position: Int64
    public let envelope: EventEnvelope

    public init(position: Int64, envelope: EventEnvelope) {
        self.position = position
        self.envelope = envelope
    }
}
