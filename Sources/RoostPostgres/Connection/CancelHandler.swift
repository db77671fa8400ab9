import NIOCore
import NIOSSL

/// Sends a request to cancel a statement over a connection of its own, as the protocol demands.
final class CancelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let key: BackendKey
    private let addTLS: (() throws -> NIOSSLClientHandler)?
    private let requiresTLS: Bool
    private var isSent = false

    init(_ key: BackendKey, addTLS: (() throws -> NIOSSLClientHandler)?, requiresTLS: Bool) {
        self.key = key
        self.addTLS = addTLS
        self.requiresTLS = requiresTLS
    }

    func channelActive(context: ChannelHandlerContext) {
        guard addTLS != nil else { return send(context) }
        var buffer = ByteBuffer()
        buffer.writeTLSRequest()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard !isSent, let addTLS, let reply = buffer.readInteger(as: UInt8.self) else { return }
        if reply == UInt8(ascii: "S"), buffer.readableBytes == 0, let handler = try? addTLS(),
            (try? context.pipeline.syncOperations.addHandler(handler, position: .before(self))) != nil
        {
            return send(context)
        }
        if reply == UInt8(ascii: "N"), !requiresTLS { send(context) } else { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ context: ChannelHandlerContext) {
        isSent = true
        var buffer = ByteBuffer()
        buffer.writeCancelRequest(key)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
