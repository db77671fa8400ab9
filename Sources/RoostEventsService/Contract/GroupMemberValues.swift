public import Roost

/// What a new member of a group asks for.
@Schema
public struct NewGroupMember: Hashable {
    /// The topics of the events to deliver, the same for all members of the group.
    @Check(.count(EventsLimits.topicCount)) public var topics: [String]
    /// The largest number of deliveries that the member can have received and not settled; 64 by default.
    @Check(.range(EventsLimits.capacity)) public var capacity: Int = 64
}

/// A member that has joined a group.
@Schema
public struct JoinedGroupMember: Hashable {
    /// Identifies the member.
    public var member: String
    /// The number of seconds without a request after which the member leaves the group.
    public var idleSeconds: Int
}
