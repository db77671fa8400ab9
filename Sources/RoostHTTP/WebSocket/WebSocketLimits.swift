/// The limits of a WebSocket, and who may open one.
public struct WebSocketLimits: Sendable {
    /// The largest size of a received message in bytes, before and after decompression. The default is 1 MiB. A larger message closes the
    /// socket with code 1009.
    public var messageSize = 1 << 20
    /// The time between pings. A peer that stays silent for twice this time is disconnected. The default is 20 seconds.
    public var pingInterval = Duration.seconds(20)
    /// How long the peer may take to respond to a close frame. The default is 5 seconds.
    public var closeTimeout = Duration.seconds(5)
    /// The origins, such as `https://shop.example`, whose pages may open a socket in addition to pages of this host. `*` allows all.
    /// Browsers let any page open a WebSocket, and send this host's cookies along (RFC 6455 §10.2).
    public var allowedOrigins: Set<String> = []
    /// Whether messages are compressed if the peer supports it (RFC 7692).
    public var compresses = true

    /// Creates the default limits.
    public init() {}
}
