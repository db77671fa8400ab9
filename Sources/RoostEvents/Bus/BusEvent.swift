/// What a member of a group receives.
public enum BusEvent: Hashable, Sendable {
    /// An event to handle. Those of a lane come in order.
    case delivered(Delivery)
    /// The member receives the events of the lane from now on.
    case assigned(Lane)
    /// The member receives no more events of the lane. It goes to another member once those that were delivered are settled.
    case revoked(Lane)
    /// The lane belongs to another member, to which the events that are not settled are delivered again.
    case lost(Lane)
}

/// A part of a group's events: those of some keys, in order.
public struct Lane: Hashable, Sendable {
    /// The name of the lane, unique in its group.
    public let name: String

    /// Creates a lane.
    public init(_ name: String) { self.name = name }
}

/// Identifies a delivery to a member.
public struct DeliveryID: Hashable, Sendable {
    /// The lane.
    public let lane: Lane
    /// Identifies the time during which the lane belongs to the member, so that an earlier owner can settle nothing.
    public let epoch: Int64
    /// The position in the lane, or whatever the bus tells the deliveries of a lane apart by.
    public let position: Int64

    /// Creates an identifier.
    public init(lane: Lane, epoch: Int64, position: Int64) {
        self.lane = lane
        self.epoch = epoch
        self.position = position
    }
}

/// An event as a member receives it.
public struct Delivery: Hashable, Sendable {
    /// Identifies the delivery.
    public let id: DeliveryID
    /// The event.
    public let envelope: EventEnvelope
    /// Whether the event may have been delivered before, to a member that did not end in order.
    public let isRedelivered: Bool
    /// The number of times the group's events were replayed before this delivery.
    public let generation: Int

    /// Creates a delivery.
    /// - Parameters:
    ///   - id: Identifies the delivery.
    ///   - envelope: The event.
    ///   - isRedelivered: Whether it may have been delivered before, to a member that did not end in order.
    ///   - generation: The number of times the group's events were replayed before.
    public init(id: DeliveryID, envelope: EventEnvelope, isRedelivered: Bool = false, generation: Int = 0) {
        self.id = id
        self.envelope = envelope
        self.isRedelivered = isRedelivered
        self.generation = generation
    }

    /// The lane.
    public var lane: Lane { id.lane }
}
