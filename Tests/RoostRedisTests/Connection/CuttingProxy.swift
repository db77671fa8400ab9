import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes between a client and a server, and cuts connections when a test wants it.
final class CuttingProxy: Sendable {
    private struct State {
        /// The number of bytes from the server after which a connection is cut.
        var limit: Int?
        var isDeaf = false
        var open: [ObjectIdentifier: any Channel] = [:]
    }

    private let listener: any Channel
    private let state: Shared
    let port: Int

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private init(_ listener: any Channel, _ state: Shared) {
        (self.listener, self.state) = (listener, state)
        port = listener.localAddress?.port ?? 0
    }

    static func start(to port: Int) async throws -> CuttingProxy {
        let shared = Shared()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: port).flatMapThrowing { server in
                    shared.state.withLock { $0.open[ObjectIdentifier(client)] = client }
                    client.closeFuture.whenComplete { _ in
                        _ = shared.state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(client)) }
                    }
                    try client.pipeline.syncOperations.addHandler(Passing(to: server, shared, isFromServer: false))
                    try server.pipeline.syncOperations.addHandler(Passing(to: client, shared, isFromServer: true))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttingProxy(listener, shared)
    }

    /// Cuts connections after a number of bytes from the server, counted from now on; `nil` for never.
    func cut(after bytes: Int?) { state.state.withLock { $0.limit = bytes } }

    /// Sets whether bytes are swallowed.
    func set(deaf: Bool) { state.state.withLock { $0.isDeaf = deaf } }

    /// Cuts all connections.
    func cutAll() {
        for channel in state.state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }

    func stop() async {
        try? await listener.close()
        cutAll()
    }

    private final class Passing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let peer: any Channel
        private let shared: Shared
        private let isFromServer: Bool

        init(to peer: any Channel, _ shared: Shared, isFromServer: Bool) {
            (self.peer, self.shared, self.isFromServer) = (peer, shared, isFromServer)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            let (isDeaf, rest) = shared.state.withLock { state in
                let rest = isFromServer ? state.limit : nil
                if let rest { state.limit = max(0, rest - bytes.readableBytes) }
                return (state.isDeaf, rest)
            }
            if isDeaf { return }
            guard let rest, rest < bytes.readableBytes else { return peer.writeAndFlush(bytes, promise: nil) }
            let peer = peer
            peer.writeAndFlush(bytes.readSlice(length: rest) ?? ByteBuffer()).whenComplete { _ in peer.close(promise: nil) }
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }
    }
}
