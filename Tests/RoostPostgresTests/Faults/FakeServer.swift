import NIOCore
import NIOPosix
import Roost
import Synchronization

/// Something that listens like a server and then behaves badly.
final class FakeServer: Sendable {
    enum Behaviour: Sendable {
        /// It closes each connection when the client has sent something.
        case closes
        /// It never answers.
        case saysNothing
        /// It lets everybody in, and then never answers.
        case greets
    }

    let port: Int
    private let channel: any Channel
    private let state: State

    final class State: Sendable {
        let accepted = Atomic(0)
        /// Opens when the first connection is closed.
        let left = Latch()
    }

    private init(_ channel: any Channel, _ state: State) {
        port = channel.localAddress?.port ?? 0
        self.channel = channel
        self.state = state
    }

    static func start(_ behaviour: Behaviour) async throws -> FakeServer {
        let state = State()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    state.accepted.add(1, ordering: .relaxed)
                    try client.pipeline.syncOperations.addHandler(FakeSession(behaviour, state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeServer(channel, state)
    }

    /// The number of connections so far.
    var accepted: Int { state.accepted.load(ordering: .relaxed) }

    /// Waits until a client has left.
    func waitForLeaving() async { _ = await state.left.wait(by: nil) }

    func stop() async { try? await channel.close() }
}

private final class FakeSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let behaviour: FakeServer.Behaviour
    private let state: FakeServer.State
    private var isGreeted = false

    init(_ behaviour: FakeServer.Behaviour, _ state: FakeServer.State) { (self.behaviour, self.state) = (behaviour, state) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch behaviour {
        case .closes: context.close(promise: nil)
        case .saysNothing: break
        case .greets: greet(context)
        }
    }

    private func greet(_ context: ChannelHandlerContext) {
        guard !isGreeted else { return }
        isGreeted = true
        var server = ServerBytes()
        server.message("R", ServerBytes.int32(0))
        server.ready()
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: server.bytes)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { state.left.open() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
