import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes between clients and a server, and cuts connections when a test wants it.
public final class CuttingProxy: Sendable {
    /// A direction in which bytes go.
    public enum Direction: CaseIterable, Sendable {
        /// From a client to the server.
        case toServer
        /// From the server to a client.
        case fromServer
    }

    fileprivate struct Cut {
        var direction: Direction
        var left: Int
    }

    fileprivate struct State {
        /// Where the next connection is cut.
        var next: Cut?
        /// The number of bytes from the server, of all connections, after which one is cut.
        var limit: Int?
        var isDeaf = false
        var passed: [Direction: Int] = [:]
        var open: [ObjectIdentifier: any Channel] = [:]
    }

    fileprivate final class Shared: Sendable {
        let state = Mutex(State())
    }

    /// The port that the proxy listens on.
    public let port: Int
    private let listener: any Channel
    private let shared: Shared

    private init(_ listener: any Channel, _ shared: Shared) {
        (self.listener, self.shared) = (listener, shared)
        port = listener.localAddress?.port ?? 0
    }

    /// Starts a proxy on a free port of the loopback address.
    /// - Parameter port: The port of the server.
    public static func start(to port: Int) async throws -> CuttingProxy {
        let shared = Shared()
        // Nothing is read before it can be passed on.
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { server in try shared.join(client, server) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttingProxy(listener, shared)
    }

    /// Cuts the next connection after a number of its bytes.
    /// - Parameters:
    ///   - limit: The number of bytes, at least one.
    ///   - direction: The direction in which they are counted.
    public func cutNext(after limit: Int, _ direction: Direction) {
        shared.state.withLock { $0.next = Cut(direction: direction, left: limit) }
    }

    /// Cuts the connection that carries the last of a number of bytes from the server, counted from now on and over all connections. From then
    /// on, every connection is cut before the first byte from the server, until this is called with `nil`.
    public func cut(after bytes: Int?) { shared.state.withLock { $0.limit = bytes } }

    /// Sets whether bytes, and the ends of connections, are swallowed.
    public func set(deaf: Bool) { shared.state.withLock { $0.isDeaf = deaf } }

    /// Cuts all connections.
    public func cutAll() {
        for channel in shared.state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }

    /// The number of bytes that have passed in a direction, over all connections.
    public func passed(_ direction: Direction) -> Int { shared.state.withLock { $0.passed[direction, default: 0] } }

    /// Stops listening, and cuts all connections.
    public func stop() async {
        try? await listener.close()
        cutAll()
    }
}

extension CuttingProxy.Shared {
    /// Passes the bytes of each channel on to the other one. This runs on their event loop.
    fileprivate func join(_ client: any Channel, _ server: any Channel) throws {
        let cut = state.withLock { state in
            for channel in [client, server] { state.open[ObjectIdentifier(channel)] = channel }
            return state.next.take()
        }
        for channel in [client, server] {
            channel.closeFuture.whenComplete { _ in _ = self.state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(channel)) } }
        }
        try client.pipeline.syncOperations.addHandler(Passage(to: server, .toServer, cut, self))
        try server.pipeline.syncOperations.addHandler(Passage(to: client, .fromServer, cut, self))
        client.setOption(.autoRead, value: true).and(server.setOption(.autoRead, value: true)).whenComplete { _ in }
    }
}

/// One side of a connection, whose bytes go to the other side.
private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: any Channel
    private let direction: CuttingProxy.Direction
    private let shared: CuttingProxy.Shared
    private var left: Int?

    init(to peer: any Channel, _ direction: CuttingProxy.Direction, _ cut: CuttingProxy.Cut?, _ shared: CuttingProxy.Shared) {
        (self.peer, self.direction, self.shared) = (peer, direction, shared)
        if let cut, cut.direction == direction { left = cut.left }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard let passing = admit(bytes.readableBytes) else { return }
        let piece = bytes.readSlice(length: passing.count) ?? ByteBuffer()
        let peer = peer
        let written = peer.writeAndFlush(piece)
        guard passing.isLast else { return }
        written.whenComplete { _ in peer.close(promise: nil) }
        context.close(promise: nil)
    }

    /// Returns how many of the bytes that have arrived pass, and whether the connection is cut after them; `nil` if they are swallowed.
    private func admit(_ count: Int) -> (count: Int, isLast: Bool)? {
        shared.state.withLock { state in
            var (passing, isLast) = (count, false)
            if let left {
                passing = min(left, passing)
                isLast = left == passing
                self.left = left - passing
            }
            if direction == .fromServer, let limit = state.limit {
                isLast = isLast || limit <= passing
                passing = min(limit, passing)
                state.limit = max(0, limit - count)
            }
            guard !state.isDeaf else { return nil }
            state.passed[direction, default: 0] += passing
            return (passing, isLast)
        }
    }

    /// The end of a connection is swallowed too.
    func channelInactive(context: ChannelHandlerContext) {
        if !shared.state.withLock(\.isDeaf) { peer.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
