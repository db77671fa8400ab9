/// The share of one client of the gateway in resources that all clients share. Requests beyond a share wait or are refused, and others are
/// not affected.
public struct ClientShares: Sendable {
    /// The number of requests to one service that a client can have in progress: 64, which is half of the gateway's connections to a
    /// service. Further requests wait.
    public var exchanges = 64
    /// The number of requests that can wait in a client's share: 1024. Further requests are refused with 429.
    public var waiting = 1024
    /// The number of WebSockets, event streams, and calls with streams to one service: 256. Further ones are refused with 429.
    public var streams = 256
    /// The number of streams of all clients: 1024. Further ones are refused with 503.
    public var allStreams = 1024
    /// The memory for bodies that are longer than a connection buffers: 64 MiB for all clients, of which one can use a quarter. The rest is
    /// kept on disk.
    public var memory = 64 << 20
    /// The disk space for such bodies: 1 GiB for all clients, of which one can use a quarter. A body beyond that is refused with 503, or
    /// read no faster than its client reads it.
    public var disk = 1 << 30

    /// Creates the default shares.
    public init() {}
}
