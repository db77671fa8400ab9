/// How much one client of the gateway may hold of what all clients share. What is beyond a share waits for its turn or is refused, and
/// the rest goes on.
public struct ClientShares: Sendable {
    /// Requests to one service that a client may have under way; more of them wait: 64, half of the gateway's connections to a service.
    public var exchanges = 64
    /// Requests that may wait for their turn in a client's share: 1024. More are refused with 429.
    public var waiting = 1024
    /// WebSockets, streams of events and calls that send or answer streams, to one service: 256. More are refused with 429.
    public var streams = 256
    /// Those of all clients: 1024. More are refused with 503.
    public var allStreams = 1024
    /// Bytes of memory for bodies that are longer than what a connection keeps by itself: 64 MiB for all, a quarter of it for one client.
    /// What is beyond goes to the disk.
    public var memory = 64 << 20
    /// Bytes on the disk for such bodies: 1 GiB for all, a quarter of it for one client. A body that finds no room there is refused with
    /// 503, or taken no faster than its client takes it.
    public var disk = 1 << 30

    public init() {}
}
