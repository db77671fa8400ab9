import NIOCore
import NIOPosix

/// A server that answers what a test tells it to.
final class ScriptedServer: Sendable {
    let port: Int
    private let channel: any Channel

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    /// Starts the server.
    /// - Parameter answer: Returns the answer to bytes that arrived, or `nil` to close the connection.
    static func start(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) async throws -> ScriptedServer {
        ScriptedServer(
            try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(answer)) }
                }
                .bind(host: "127.0.0.1", port: 0).get())
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: @Sendable ([UInt8]) -> [UInt8]?

        init(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let bytes = answer(Array(unwrapInboundIn(data).readableBytesView)) else { return context.close(promise: nil) }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }
    }
}
