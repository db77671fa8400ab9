import NIOCore

/// The bounds of a pool of connections.
struct PoolSettings: Sendable {
    /// The largest number of connections of one event loop, including those that are being opened or closed.
    var connections: Int
    /// The largest number of flights of a shared connection that wait for an answer.
    var depth = 8
    /// The largest number of callers that wait.
    var capacity = 10_000
    /// The longest wait for a connection.
    var timeout: Duration
    /// How long connections are opened one at a time after it has failed.
    var dialPause = Duration.milliseconds(200)
    /// How long a connection is used. It varies by a tenth, so that connections are not renewed all at once.
    var lifetime = Duration.seconds(1800)
    /// After how much time without work a connection is checked before it is used.
    var idleCheck = Duration.seconds(30)
    /// How long such a check may take.
    var checkTimeout = Duration.seconds(2)
    /// How long a statement may take to end after a request to cancel it. Then its connection is closed.
    var cancelTimeout = Duration.seconds(2)
    /// The largest number of statements whose shapes are known.
    var shapes = 1024

    init(connections: Int, timeout: Duration) {
        self.connections = connections
        self.timeout = timeout
    }
}
