import NIOCore
import NIOTLS

extension ServerConnection: RemovableChannelHandler {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let name)? = event as? TLSUserEvent {
            isHandshaking = false
            // With TLS, only the handshake decides (RFC 9113 §3.2).
            choice = nil
            if name == "h2" { becomeHTTP2(with: ByteBuffer()) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Determines the protocol from the first bytes.
    /// - Returns: The bytes to read as HTTP/1.1, once that is known.
    func choose(by piece: ByteBuffer) -> ByteBuffer? {
        guard let verdict = choice?.receive(piece) else { return piece }
        guard verdict != .undecided, let bytes = choice.take()?.bytes else { return nil }
        if verdict == .http1 { return bytes }
        becomeHTTP2(with: bytes)
        return nil
    }

    /// Replaces this handler by those of HTTP/2.
    private func becomeHTTP2(with bytes: ByteBuffer) {
        guard let context else { return }
        do {
            let connection = try HTTP2ServerConnection.add(to: context, home: home, remoteAddress: remoteAddress)
            home.replace(self, with: connection)
            phase = .closed
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            if bytes.readableBytes > 0 { connection.writer.edge.receive(bytes) }
        } catch {
            close()
        }
    }
}
