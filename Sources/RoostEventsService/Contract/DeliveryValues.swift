public import Roost
public import RoostEvents

/// What a member has to do: to forget the deliveries of lost lanes, to handle the items, and to finish those of revoked lanes.
@Schema
public struct MemberDeliveries: Hashable {
    /// Events to handle, those of a lane in order.
    public var items: [DeliveredEvent] = []
    /// Lanes of which no more events come. Each goes to another member once the events that were delivered are settled.
    public var revoked: [String] = []
    /// Lanes that belong to another member now, which receives again what was not settled.
    public var lost: [String] = []
    /// Lanes whose events the member receives from now on.
    public var assigned: [String] = []
}

/// An event that was delivered to a member.
@Schema(omitsNil: true)
public struct DeliveredEvent: Hashable {
    /// Identifies the delivery, to settle it.
    public var delivery: String
    /// The lane. The events of a key share a lane.
    public var lane: String
    /// Whether the event may have been delivered before, to a member that died or hung.
    public var isRedelivered: Bool
    /// The number of times the group's events were replayed before. An event that was handled in an earlier generation is to be handled again.
    public var generation: Int = 0
    /// The event.
    public var event: CloudEvent
    /// Why what was delivered is not an event, so that it can only be kept as a dead letter; absent if it is one.
    public var fault: String?
}

/// Deliveries that a member has settled.
@Schema
public struct SettledDeliveries: Hashable {
    /// The identifiers of the deliveries.
    @Check(.count(EventsLimits.settlementCount)) public var deliveries: [String]
}

/// Events to publish.
@Schema
public struct EventPublication: Hashable {
    /// The events, in structured mode.
    @Check(.count(EventsLimits.publicationCount)) public var events: [CloudEvent]
}
