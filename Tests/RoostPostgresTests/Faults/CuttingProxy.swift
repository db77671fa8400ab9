import NIOCore
import NIOPosix
import Synchronization

/// Passes connections on to a server, and cuts each one after a number of bytes from the server.
final class CuttingProxy: Sendable {
    let port: Int
    private let channel: any Channel
    private let state: State

    final class State: Sendable {
        /// After how many bytes a connection is cut; `nil` for never.
        let limit = Mutex<Int?>(nil)
        /// How many connections were cut.
        let cuts = Atomic(0)
    }

    private init(_ channel: any Channel, _ state: State) {
        port = channel.localAddress?.port ?? 0
        self.channel = channel
        self.state = state
    }

    /// Starts a proxy on a free port.
    static func start(to port: Int) async throws -> CuttingProxy {
        let state = State()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(ProxyHandler(state, port: port, limit: state.limit.withLock { $0 }))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttingProxy(channel, state)
    }

    /// Cuts connections that are made from now on after this many bytes.
    func cut(after limit: Int?) { state.limit.withLock { $0 = limit } }

    var cuts: Int { state.cuts.load(ordering: .relaxed) }

    func stop() async { try? await channel.close() }
}

/// The client's side of a connection.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let state: CuttingProxy.State
    private let port: Int
    private let limit: Int?
    private var server: (any Channel)?
    private var early: [ByteBuffer] = []

    init(_ state: CuttingProxy.State, port: Int, limit: Int?) { (self.state, self.port, self.limit) = (state, port, limit) }

    func channelActive(context: ChannelHandlerContext) {
        let client = context.channel, state = state, limit = limit
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ServerSide(client, state, limit))
            }
        }.connect(host: "127.0.0.1", port: port).whenComplete { result in
            guard case .success(let server) = result else { return client.close(promise: nil) }
            this.value.server = server
            for piece in this.value.early { server.write(piece, promise: nil) }
            server.flush()
            this.value.early = []
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let piece = unwrapInboundIn(data)
        if let server { server.writeAndFlush(piece, promise: nil) } else { early.append(piece) }
    }

    func channelInactive(context: ChannelHandlerContext) { server?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The server's side of a connection.
private final class ServerSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel
    private let state: CuttingProxy.State
    private var left: Int?

    init(_ client: any Channel, _ state: CuttingProxy.State, _ limit: Int?) { (self.client, self.state, left) = (client, state, limit) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = unwrapInboundIn(data)
        guard let left else { return client.writeAndFlush(piece, promise: nil) }
        guard left > 0 || piece.readableBytes == 0 else { return }
        let part = piece.readSlice(length: min(left, piece.readableBytes)) ?? piece
        self.left = left - part.readableBytes
        client.writeAndFlush(part, promise: nil)
        guard self.left == 0 else { return }
        state.cuts.add(1, ordering: .relaxed)
        client.close(promise: nil)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
