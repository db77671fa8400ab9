import RoostEvents

/// The limits of the event bus over HTTP.
public enum EventsLimits {
    /// The largest body with events to publish: 4 MiB.
    public static let publicationSize = 4 << 20
    /// How many events can be published at once.
    public static let publicationCount = 1...100
    /// How many topics a member can ask for.
    public static let topicCount = 1...100
    /// How many deliveries a member can have received and not settled.
    public static let capacity = 1...GroupMembership.largestCapacity
    /// How many deliveries can be settled at once.
    public static let settlementCount = 1...GroupMembership.largestCapacity
    /// How many seconds a member can wait for deliveries.
    public static let wait = 0...30
}
