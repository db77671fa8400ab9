/// What a connection becomes after a response with status 101 (RFC 9110 §7.8).
public enum Upgrade: Sendable {
    /// A WebSocket (RFC 6455).
    /// - Parameters:
    ///   - subprotocol: the subprotocol that was chosen of those offered; `nil` for none.
    ///   - run: talks over it; when it returns the socket is closed with 1000, when it throws with 1011.
    case webSocket(subprotocol: String?, run: @Sendable (any WebSocket) async throws -> Void)
    /// Bytes of another protocol, passed on as they are.
    case tunnel(run: @Sendable (any ByteChannel) async throws -> Void)
}

/// A WebSocket that is open. Pings are answered and fragments put together below it.
public protocol WebSocket: Sendable {
    /// The next message; `nil` once the peer has closed.
    /// - Throws: where the connection broke or the peer broke the protocol.
    func receive() async throws -> WebSocketMessage?

    /// Sends a message; returns once the connection has room for another.
    func send(_ message: WebSocketMessage) async throws

    /// Closes.
    /// - Parameters:
    ///   - code: why (RFC 6455 §7.4.1); 1000 for a normal end.
    ///   - reason: at most 123 bytes of UTF-8.
    func close(_ code: UInt16, _ reason: String) async throws
}

public enum WebSocketMessage: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
}

/// Two directions of bytes.
public protocol ByteChannel: Sendable {
    /// The next bytes; `nil` once the peer has ended its direction.
    /// - Throws: a `CancellationError` where the server stops, so that the protocol can end by its own rules; where the connection broke.
    func read() async throws -> [UInt8]?

    /// Sends bytes; returns once there is room for more.
    func write(_ bytes: [UInt8]) async throws

    /// Ends this side's direction.
    func end() async throws
}
