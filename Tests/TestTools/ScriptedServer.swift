import NIOCore
import NIOPosix
import RoostTesting
import Synchronization

/// A server that answers what a test tells it to, however wrong that is.
public final class ScriptedServer: Sendable {
    /// Returns the answer to bytes that arrived, or `nil` to close the connection.
    public typealias Script = @Sendable ([UInt8]) -> [UInt8]?

    private struct Counts {
        var opened = 0
        var closed = 0
    }

    private final class Connections: Sendable {
        private let counts = Mutex(Counts())

        var opened: Int { counts.withLock { $0.opened } }
        var closed: Int { counts.withLock { $0.closed } }
        var open: Int { counts.withLock { $0.opened - $0.closed } }

        func change(_ body: (inout Counts) -> Void) { counts.withLock { body(&$0) } }
    }

    /// The port that the server listens on.
    public let port: Int
    private let channel: any Channel
    private let connections: Connections

    /// The number of connections that were opened.
    public var opened: Int { connections.opened }
    /// The number of connections that are open.
    public var open: Int { connections.open }

    private init(_ channel: any Channel, _ connections: Connections) {
        (self.channel, self.connections) = (channel, connections)
        port = channel.localAddress?.port ?? 0
    }

    /// Starts a server whose connections share a script.
    /// - Parameter answer: Returns the answer to bytes that arrived, or `nil` to close the connection.
    public static func start(_ answer: @escaping Script) async throws -> ScriptedServer { try await start { answer } }

    /// Starts a server on a free port of the loopback address.
    /// - Parameter script: Returns the script of a new connection.
    public static func start(eachBy script: @escaping @Sendable () -> Script) async throws -> ScriptedServer {
        let connections = Connections()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                connections.change { $0.opened += 1 }
                channel.closeFuture.whenComplete { _ in connections.change { $0.closed += 1 } }
                return channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(script())) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel, connections)
    }

    /// Waits until a connection was opened.
    /// - Throws: An `OverdueError` if that takes too long.
    public func waitForClient() async throws { try await eventually("a connection is opened") { connections.opened > 0 } }

    /// Waits until a connection was closed.
    /// - Throws: An `OverdueError` if that takes too long.
    public func waitForLeaving() async throws { try await eventually("a connection is closed") { connections.closed > 0 } }

    /// Stops listening.
    public func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: Script

        init(_ answer: @escaping Script) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let bytes = answer(Array(unwrapInboundIn(data).readableBytesView)) else { return context.close(promise: nil) }
            if !bytes.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
