/// The limits on requests, responses and connections.
public struct HTTPLimits: Sendable {
    /// The largest head of a request: 16 KiB.
    public var headSize = 16 << 10
    /// The largest number of header fields of a request: 100.
    public var fieldCount = 100
    /// The largest body of a request: 16 MiB. Routes can set a lower limit.
    public var bodySize = 16 << 20
    /// Bodies with a known length up to this, in bytes, are received before the handler starts: 64 KiB. Longer ones are streamed.
    public var gatheredSize = 64 << 10
    /// The largest number of bytes in such bodies, over all connections of an event loop: 64 MiB. Beyond that, shorter bodies are streamed
    /// too.
    public var gatheredTotal = 64 << 20
    /// The largest unread rest of a body that is received and discarded after the response, in bytes: 256 KiB. A longer rest ends the
    /// connection.
    public var drainedSize = 256 << 10
    /// The longest time from the first byte of a head to its last: 10 s.
    public var headTimeout = Duration.seconds(10)
    /// The time over which a body must arrive at `bodyRate` on average: 30 s.
    public var bodyTimeout = Duration.seconds(30)
    /// The lowest rate of a body, in bytes per second over `bodyTimeout`: 240.
    public var bodyRate = 240
    /// How long a connection may stay idle between requests: 75 s.
    public var idleTimeout = Duration.seconds(75)
    /// The longest time from the last byte of a request to the beginning of its response; `nil` for no limit. After that, the handler is
    /// cancelled and the response is 504.
    public var responseTimeout: Duration?
    /// The time over which a client must receive a response at `writeRate` on average: 30 s.
    public var writeTimeout = Duration.seconds(30)
    /// The lowest rate at which a client receives a response, in bytes per second over `writeTimeout`: 240.
    public var writeRate = 240
    /// The largest number of concurrent requests on one HTTP/2 connection: 100.
    public var streams = 100
    /// The largest number of response bytes that wait on one HTTP/2 connection for its client: 16 MiB. Until the client has received some
    /// of them, new requests are refused unprocessed, so that they can be repeated. This does not apply to connections that many callers
    /// share.
    public var unsentSize = 16 << 20
    /// The largest number of connections: 10,000, or fewer so that a quarter of the process's file descriptors stays free. Further ones get
    /// a 503 and are closed.
    public var connections = 10_000
    /// The largest number of connections from one client, if anyone can call: half of all. Further ones get a 429 and are closed.
    public var connectionShare = 5_000

    /// The limits of WebSockets.
    public var webSocket = WebSocketLimits()

    /// Creates the default limits.
    public init() {}

    /// How often connections are checked: a quarter of the shortest timeout, from 10 ms to 1 s.
    var tick: Duration {
        let shortest = min(headTimeout, bodyTimeout, idleTimeout, writeTimeout, responseTimeout ?? idleTimeout)
        return min(max(shortest / 4, .milliseconds(10)), .seconds(1))
    }
}
