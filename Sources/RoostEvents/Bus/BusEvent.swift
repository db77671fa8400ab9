/// What a member of a group receives.
public enum BusEvent: Hashable, Sendable {
    /// An event to handle. The events of a lane are delivered in order.
    case delivered(Delivery)
    /// The member receives the events of the lane from now on.
    case assigned(Lane)
    /// The member receives no more events of the lane. The lane goes to another member once the events that were delivered are settled.
    case revoked(Lane)
    /// The lane belongs to another member, which receives again the events that are not settled.
    case lost(Lane)
}

/// A part of a group's events: the events of some of the keys, in order.
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
    /// Identifies the period in which the lane belongs to the member, so that an earlier owner cannot settle anything.
    public let epoch: Int64
    /// The position in the lane, or another number by which the bus distinguishes the deliveries of a lane.
    public let position: Int64

    /// Creates an identifier.
    /// - Parameters:
    ///   - lane: The lane.
    ///   - epoch: Identifies the period in which the lane belongs to the member.
    ///   - position: The position in the lane.
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
    /// Whether the event may have been delivered before, to a member that died or hung.
    public let isRedelivered: Bool
    /// The number of times the group's events were replayed before this delivery.
    public let generation: Int
    /// Why what was delivered is not an event; `nil` if it is one. The envelope then holds what is known of it.
    public let fault: String?

    /// Creates a delivery.
    /// - Parameters:
    ///   - id: Identifies the delivery.
    ///   - envelope: The event.
    ///   - isRedelivered: Whether it may have been delivered before, to a member that died or hung.
    ///   - generation: The number of times the group's events were replayed before.
    ///   - fault: Why what was delivered is not an event.
    public init(id: DeliveryID, envelope: EventEnvelope, isRedelivered: Bool = false, generation: Int = 0, fault: String? = nil) {
        self.id = id
        self.envelope = envelope
        self.isRedelivered = isRedelivered
        self.generation = generation
        self.fault = fault
    }

    /// The lane.
    public var lane: Lane { id.lane }
}
