/// The time limits of members of groups.
package struct KafkaTiming: Hashable, Sendable {
    /// After this time without a sign of life, the lanes of a member go to others.
    package var session = Duration.seconds(15)
    /// The pause between two signs of life.
    package var heartbeat = Duration.seconds(3)
    /// After this time in which a member's events were not served, it leaves the group, although its process lives.
    package var poll = Duration.seconds(120)
    /// How long a lane that goes to another member waits for its deliveries to be settled. The other members wait too, so it is well below
    /// `poll`, which limits how long they do.
    package var handOver = Duration.seconds(30)
    /// How long the cluster may take for the commit of an offset, for what is asked of it, and for the departure of a member.
    var request = Duration.seconds(10)
    /// The pause after a commit, so that the next one records several settlements; and the one after a commit that failed.
    var commitPause = Duration.milliseconds(100)

    /// Creates the limits of members in production.
    package init() {}

    /// The longest pause between two looks at what has happened. Usually, librdkafka wakes the member.
    var look: Duration { min(poll / 8, .seconds(5)) }
}
