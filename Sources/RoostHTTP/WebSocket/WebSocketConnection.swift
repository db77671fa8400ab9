import NIOCore
import NIOWebSocket
import Roost
import Synchronization

/// A WebSocket that is open, as those see it who are not on its event loop.
public final class WebSocketConnection: WebSocket {
    /// The subprotocol that both sides speak; `nil` for none.
    public let subprotocol: String?
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>
    private let tickets = Atomic<Int>(0)

    /// To be made on the channel's loop.
    init(_ channel: any Channel, _ handler: WebSocketHandler, subprotocol: String?) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.subprotocol = subprotocol
    }

    deinit { handler.run { $0.close(.goingAway) } }

    /// - Throws: the `WebSocketClosure` where the connection broke (1006) or the peer broke the protocol; `CancellationError`.
    public func receive() async throws -> WebSocketMessage? {
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in handler.run { $0.take(reader, ticket) } }
        } onCancel: {
            handler.run { $0.giveUp(ticket) }
        }
    }

    /// - Throws: where the socket is closed or closing; `CancellationError`.
    public func send(_ message: WebSocketMessage) async throws {
        try Task.checkCancellation()
        try await withCheckedThrowingContinuation { writer in handler.run { $0.send(message, writer) } }
    }

    /// Begins to close; what had come before the peer's answer is lost. A reason that is too long is cut.
    public func close(_ code: UInt16 = 1000, _ reason: String = "") async throws {
        handler.run { $0.close(WebSocketClosure(code, reason)) }
    }

    /// How the socket was closed, once it is: what the peer's close frame said, or 1006 where there was none.
    public func closed() async -> WebSocketClosure {
        try? await channel.closeFuture.get()
        let handler = handler
        return (try? await channel.eventLoop.submit { handler.value.closure }.get()) ?? .broken
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Makes the connection a WebSocket, behind the handler that it was before.
    func addWebSocket(_ socket: WebSocketHandler, after handler: any ChannelHandler) throws {
        let decoder = WebSocketFrameDecoder(maxFrameSize: min(socket.limits.messageSize, 1 << 30))
        try addHandlers([WebSocketFrameEncoder(), ByteToMessageHandler(decoder), socket], position: .after(handler))
    }
}
