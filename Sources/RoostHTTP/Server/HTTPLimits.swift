/// How much, and how slowly, a client may send.
public struct HTTPLimits: Sendable {
    /// The most bytes of a request's head: 16 KiB.
    public var headSize = 16 << 10
    /// The most header fields of a request: 100.
    public var fieldCount = 100
    /// The most bytes of a request's body: 16 MiB. A route may allow less.
    public var bodySize = 16 << 20
    /// A body of a known length up to this, in bytes, is read before its handler starts: 64 KiB. Longer ones are streamed.
    public var gatheredSize = 64 << 10
    /// Bytes of such bodies, of all connections of an event loop: 64 MiB. Beyond, shorter ones are streamed too.
    public var gatheredTotal = 64 << 20
    /// What a handler left unread of a body is read and dropped up to this, in bytes: 256 KiB. More than that ends the connection.
    public var drainedSize = 256 << 10
    /// From a head's first byte to its last: 10 s.
    public var headTimeout = Duration.seconds(10)
    /// How long a body may bring fewer bytes than `bodyRate` asks for: 30 s.
    public var bodyTimeout = Duration.seconds(30)
    /// The fewest bytes of a body a second, over `bodyTimeout`: 240.
    public var bodyRate = 240
    /// How long a connection may stay open between requests: 75 s.
    public var idleTimeout = Duration.seconds(75)
    /// From a request's last byte to the beginning of its answer; `nil` for as long as its handler takes. Past it the handler is
    /// cancelled and the request answered with 504.
    public var answerTimeout: Duration?
    /// How long a client may take fewer bytes of a response that waits for it than `writeRate` asks for: 30 s.
    public var writeTimeout = Duration.seconds(30)
    /// The fewest bytes of a response that waits for its client to be taken a second, over `writeTimeout`: 240.
    public var writeRate = 240
    /// The most requests of one HTTP/2 connection at the same time: 100.
    public var streams = 100
    /// The most bytes of answers that may wait on one HTTP/2 connection for its client: 16 MiB. Until it has taken some, new requests
    /// are refused unseen, so that they may be made again. Not where many share the connection.
    public var unsentSize = 16 << 20
    /// The most connections: 10,000, or as many as leave a quarter of the process's descriptors free. One more is answered 503 and closed.
    public var connections = 10_000
    /// The most connections of one client, where anyone calls: half of all. More of them are answered 429 and closed.
    public var connectionShare = 5_000

    /// What its WebSockets put up with.
    public var webSocket = WebSocketLimits()

    public init() {}

    /// How often connections are looked at: a quarter of the shortest time allowed, from 10 ms to 1 s.
    var tick: Duration {
        let shortest = min(headTimeout, bodyTimeout, idleTimeout, writeTimeout, answerTimeout ?? idleTimeout)
        return min(max(shortest / 4, .milliseconds(10)), .seconds(1))
    }
}
