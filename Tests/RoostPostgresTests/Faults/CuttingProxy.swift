import NIOCore
import NIOPosix
import Synchronization

/// Passes connections on to a server, and cuts the next one after a number of bytes.
final class CuttingProxy: Sendable {
    /// A way that bytes go.
    enum Direction: CaseIterable, Sendable { case toServer, fromServer }

    let port: Int
    private let channel: any Channel
    private let state: State

    final class State: Sendable {
        /// Where the next connection is cut.
        let cut = Mutex<(Direction, Int)?>(nil)
        /// The bytes that have passed in each direction.
        let passed = Mutex<[Direction: Int]>([:])
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
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { server in
                        let cut = state.cut.withLock { $0.take() }
                        try client.pipeline.syncOperations.addHandler(Passage(to: server, .toServer, cut, state))
                        try server.pipeline.syncOperations.addHandler(Passage(to: client, .fromServer, cut, state))
                        client.setOption(.autoRead, value: true).and(server.setOption(.autoRead, value: true)).whenComplete { _ in }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttingProxy(channel, state)
    }

    /// Cuts the next connection after this many bytes in one direction.
    func cut(after limit: Int, _ direction: Direction) { state.cut.withLock { $0 = (direction, limit) } }

    /// The bytes that have passed in a direction over all connections.
    func passed(_ direction: Direction) -> Int { state.passed.withLock { $0[direction, default: 0] } }

    func stop() async { try? await channel.close() }
}

/// One side of a connection, whose bytes go to the other side.
private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let direction: CuttingProxy.Direction
    private let state: CuttingProxy.State
    private var left: Int?

    init(to other: any Channel, _ direction: CuttingProxy.Direction, _ cut: (CuttingProxy.Direction, Int)?, _ state: CuttingProxy.State) {
        (self.other, self.direction, self.state) = (other, direction, state)
        if let cut, cut.0 == direction { left = cut.1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = unwrapInboundIn(data)
        if let left { piece = piece.readSlice(length: min(left, piece.readableBytes)) ?? piece }
        state.passed.withLock { $0[direction, default: 0] += piece.readableBytes }
        other.writeAndFlush(piece, promise: nil)
        guard let left else { return }
        self.left = left - piece.readableBytes
        guard self.left == 0 else { return }
        other.close(promise: nil)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
