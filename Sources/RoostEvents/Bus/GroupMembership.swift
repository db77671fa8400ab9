/// What a member of a group asks for.
public struct GroupMembership: Hashable, Sendable {
    /// The name of the group, which is that of the service: 1 to 64 lowercase letters, digits and hyphens.
    public var group: String
    /// The topics that the group handles.
    public var topics: Set<String>
    /// The largest number of deliveries that the member can have received and not settled, at least 1.
    public var capacity: Int

    /// The largest capacity, and so the largest number of events that are delivered again after a member died.
    public static let largestCapacity = 256

    /// Creates a membership.
    /// - Parameters:
    ///   - group: The name of the group.
    ///   - topics: The topics that the group handles.
    ///   - capacity: The largest number of deliveries that the member can have received and not settled, up to `largestCapacity`.
    public init(_ group: String, topics: Set<String>, capacity: Int = largestCapacity) {
        self.group = group
        self.topics = topics
        self.capacity = min(max(1, capacity), Self.largestCapacity)
    }
}
