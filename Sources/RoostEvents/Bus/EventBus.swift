/// Carries events from the services that publish them to the groups that handle them. Drivers must pass `EventBusConformance`.
public protocol EventBus: Sendable {
    /// Appends events in this order. They are durable once this returns. An event whose identifier is already known is ignored.
    func append(_ envelopes: [EventEnvelope]) async throws

    /// Waits until this is the only reader of the group, and then continues after the group's last commit. A new group begins with the
    /// oldest event that is kept.
    /// - Parameters:
    ///   - group: The group.
    ///   - topics: The topics that the group handles.
    func reader(group: String, topics: Set<String>) async throws -> any EventReader

    /// The events that could not be handled.
    var deadLetters: any DeadLetterQueue { get }

    /// Waits for operations in progress, and closes the bus. Later operations fail.
    func close() async
}

/// The position of a group on the bus. It is released when the reader is closed or its process dies.
public protocol EventReader: Sendable {
    /// Returns the events after those that were returned before, and waits until there is at least one.
    /// - Parameter count: The largest number to return.
    func next(atMost count: Int) async throws -> [EventDelivery]
    /// Records that all events up to a position are settled, so that a later reader of the group begins after it.
    func commit(through position: Int64) async throws
    /// Releases the group. Events that were not committed are delivered again.
    func close()
}

/// An event as a reader receives it.
public struct EventDelivery: Hashable, Sendable {
    /// The position, which increases from one delivery to the next.
    public let position: Int64
    /// The event.
    public let envelope: EventEnvelope

    /// Creates a delivery.
    public init(position: Int64, envelope: EventEnvelope) {
        self.position = position
        self.envelope = envelope
    }
}
