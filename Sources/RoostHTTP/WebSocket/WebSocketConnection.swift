import NIOCore
import NIOWebSocket
import Roost

/// An open WebSocket, for use from any task. It closes when its last reference is released.
public final class WebSocketConnection: WebSocket {
    /// The negotiated subprotocol, or `nil` if there is none.
    public let subprotocol: String?
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>
    private let messages: BoundedChannel<WebSocketMessage>

    /// Creates the connection. Call this on the channel's event loop.
    init(_ channel: any Channel, _ handler: WebSocketHandler, subprotocol: String?) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        messages = handler.messages
        self.subprotocol = subprotocol
    }

    deinit { handler.run { $0.close(.goingAway) } }

    /// Returns the next message, or `nil` once the socket was closed properly.
    /// - Throws: A `TransportError` with the code `.webSocketClosed` if the connection was lost (1006) or the peer violated the protocol; `CancellationError`.
    public func receive() async throws -> WebSocketMessage? {
        let message = try await messages.next()
        handler.run { $0.pump() }
        return message
    }

    /// Sends a message, and returns once the connection has room for more.
    /// - Throws: An error if the socket is closed or closing; `CancellationError`.
    public func send(_ message: WebSocketMessage) async throws {
        try Task.checkCancellation()
        try await withCheckedThrowingContinuation { writer in handler.run { $0.send(message, writer) } }
    }

    /// Begins to close the socket. Messages that have not been read are discarded.
    /// - Parameters:
    ///   - code: The status code (RFC 6455 §7.4).
    ///   - reason: The reason. It is cut to 123 bytes of UTF-8.
    public func close(_ code: UInt16 = 1000, _ reason: String = "") async throws {
        handler.run { $0.close(WebSocketClosure(code, reason)) }
    }

    /// Waits until the socket is closed.
    /// - Returns: The content of the peer's close frame, or code 1006 if there was none.
    public func closed() async -> WebSocketClosure {
        try? await channel.closeFuture.get()
        let handler = handler
        return (try? await channel.eventLoop.submit { handler.value.closure }.get()) ?? .broken
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Adds the handlers of a WebSocket after the connection's HTTP handler.
    func addWebSocket(_ socket: WebSocketHandler, after handler: any ChannelHandler) throws {
        let decoder = WebSocketFrameDecoder(maxFrameSize: min(socket.limits.messageSize, 1 << 30))
        try addHandlers([WebSocketFrameEncoder(), ByteToMessageHandler(decoder), socket], position: .after(handler))
    }
}
