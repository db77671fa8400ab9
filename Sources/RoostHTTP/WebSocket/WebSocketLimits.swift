/// What a WebSocket puts up with, and from whom.
public struct WebSocketLimits: Sendable {
    /// The most bytes of a message that comes, compressed or not: 1 MiB. A longer one closes the socket with 1009.
    public var messageSize = 1 << 20
    /// A pause after which the peer is pinged; one that is silent for two of them is dropped: 20 s.
    public var pingInterval = Duration.seconds(20)
    /// How long the peer may take to answer a close, in which it may still send: 5 s.
    public var closeTimeout = Duration.seconds(5)
    /// The origins, such as `https://shop.example`, whose pages may open a socket besides those of this host itself; `*` allows all.
    /// A browser lets any page open one, with this host's cookies (RFC 6455 §10.2).
    public var allowedOrigins: Set<String> = []
    /// Whether messages are compressed where the peer can (RFC 7692).
    public var compresses = true

    public init() {}
}
