/// The limits of a group of units that are committed together, and of what its units may hold up.
struct CommitLimits: Sendable {
    /// The largest number of units in a group.
    var units = 64
    /// How long further units may join a group.
    var age = Duration.milliseconds(5)
    /// How long the others wait for a body that waits for something other than the database and has only read so far. They are then
    /// committed without it. What only changes threads and comes back is not worth a commit.
    var grace = Duration.microseconds(200)
    /// When a body that waits for something other than the database is logged: the sum of its waits.
    var warning = Duration.milliseconds(100)
    /// How long a body may wait for something other than the database before it is undone: the sum of its waits.
    var idle = Duration.seconds(2)
}
