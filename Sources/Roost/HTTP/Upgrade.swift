/// What a connection becomes after a response with status 101 (RFC 9110 §7.8).
public enum Upgrade: Sendable {
    /// A WebSocket (RFC 6455).
    /// - Parameters:
    ///   - subprotocol: The subprotocol that was chosen from those offered; `nil` for none.
    ///   - run: Uses the socket. When it returns, the socket is closed with 1000; if it throws, with 1011.
    case webSocket(subprotocol: String?, run: @Sendable (any WebSocket) async throws -> Void)
    /// Bytes of another protocol, passed on unchanged.
    case tunnel(run: @Sendable (any ByteChannel) async throws -> Void)
}

/// An open WebSocket. Pings are answered and fragments are assembled automatically.
public protocol WebSocket: Sendable {
    /// Returns the next message, or `nil` once the peer has closed.
    /// - Throws: An error if the connection broke or the peer violated the protocol.
    func receive() async throws -> WebSocketMessage?

    /// Sends a message, and returns once the connection can take another one.
    func send(_ message: WebSocketMessage) async throws

    /// Closes the socket.
    /// - Parameters:
    ///   - code: The reason as a code (RFC 6455 §7.4.1); 1000 for a normal end.
    ///   - reason: The reason as text, at most 123 bytes of UTF-8.
    func close(_ code: UInt16, _ reason: String) async throws
}

/// A complete message of a WebSocket (RFC 6455 §5.6).
public enum WebSocketMessage: Hashable, Sendable {
    /// Text in UTF-8.
    case text(String)
    /// Bytes.
    case binary([UInt8])
}

/// A connection that carries bytes in both directions.
public protocol ByteChannel: Sendable {
    /// Returns the next bytes, or `nil` once the peer has ended its direction.
    /// - Throws: A `CancellationError` if the server stops, so that the protocol can end by its own rules; an error if the connection
    ///   broke.
    func read() async throws -> [UInt8]?

    /// Sends bytes, and returns once the connection can take more.
    func write(_ bytes: [UInt8]) async throws

    /// Ends this side's direction.
    func end() async throws
}
