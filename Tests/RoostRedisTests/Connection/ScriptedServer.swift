import NIOCore
import NIOPosix
import Synchronization

/// A server that answers what a test tells it to.
final class ScriptedServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Connections

    /// The numbers of connections that were opened, and that are open.
    private final class Connections: Sendable {
        let opened = Atomic(0), open = Atomic(0)
    }

    var opened: Int { connections.opened.load(ordering: .sequentiallyConsistent) }
    var open: Int { connections.open.load(ordering: .sequentiallyConsistent) }

    private init(_ channel: any Channel, _ connections: Connections) {
        (self.channel, self.connections) = (channel, connections)
        port = channel.localAddress?.port ?? 0
    }

    /// Starts the server.
    /// - Parameter answer: Returns the answer to bytes that arrived, or `nil` to close the connection.
    static func start(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) async throws -> ScriptedServer {
        let connections = Connections()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                connections.opened.add(1, ordering: .sequentiallyConsistent)
                connections.open.add(1, ordering: .sequentiallyConsistent)
                channel.closeFuture.whenComplete { _ in connections.open.subtract(1, ordering: .sequentiallyConsistent) }
                return channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(answer)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel, connections)
    }

    /// Starts a server that answers each command by its name. It knows those of a handshake.
    /// - Parameter answer: Returns the answer to a command, or `nil` to close the connection.
    static func redis(_ answer: @escaping @Sendable (String) -> String?) async throws -> ScriptedServer {
        try await start { bytes in
            // The words of a command follow lines with their lengths.
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            var replies = ""
            for (index, line) in lines.enumerated() where line.hasPrefix("*") && index + 2 < lines.count {
                switch lines[index + 2].uppercased() {
                case "HELLO": replies += "%1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n"
                case "TIME": replies += "*2\r\n$1\r\n1\r\n$1\r\n1\r\n"
                case "CONFIG": replies += "-NOPERM no\r\n"
                case let name:
                    guard let reply = answer(name) else { return nil }
                    replies += reply
                }
            }
            return Array(replies.utf8)
        }
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
