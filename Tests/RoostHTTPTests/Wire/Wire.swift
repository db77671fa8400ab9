import NIOCore
import NIOPosix
import Roost

@testable import RoostHTTP

/// A TCP connection, bare: what a test sends goes out as it stands, and what comes is text.
final class Wire: Sendable {
    let channel: any Channel
    private let pipe: BodyPipe

    fileprivate init(_ channel: any Channel, _ pipe: BodyPipe) {
        self.channel = channel
        self.pipe = pipe
    }

    /// - Parameters:
    ///   - reads: whether to read at all; a client that does not is slow.
    ///   - address: where to come from.
    static func connect(_ port: Int, reads: Bool = true, from address: String? = nil) async throws -> Wire {
        let pipe = BodyPipe(onDemand: {})
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let address { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: address, port: 0)) }
        let channel =
            try await bootstrap
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Intake(pipe)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Wire(channel, pipe)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// The next bytes; `nil` once the peer has closed.
    func next() async throws -> [UInt8]? { try await pipe.next() }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    func close() async throws { try await channel.close() }

    /// Everything up to the first place where `mark` is found; what is read beyond it in the same piece is returned too.
    func read(until mark: String) async throws -> String {
        var text = ""
        while !text.contains(mark) {
            guard let piece = try await pipe.next() else { throw Ended(before: text) }
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    /// Everything until the peer closes.
    func readToEnd() async throws -> String {
        var bytes: [UInt8] = []
        while let piece = try await pipe.next() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    struct Ended: Error {
        let before: String
    }

    fileprivate final class Intake: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let pipe: BodyPipe
        private let readsOn: Bool

        init(_ pipe: BodyPipe, readsOn: Bool = true) { (self.pipe, self.readsOn) = (pipe, readsOn) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !readsOn { context.channel.setOption(.autoRead, value: false).whenComplete { _ in } }
            pipe.push(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { pipe.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// A server that does only what the test says.
struct WireServer {
    let port: Int
    private let channel: any Channel
    private let accepted: AsyncStream<Wire>

    /// - Parameter readsOn: Whether connections read more than the first bytes.
    static func start(readsOn: Bool = true) async throws -> WireServer {
        let (accepted, continuation) = AsyncStream.makeStream(of: Wire.self)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipe = BodyPipe(onDemand: {})
                    try channel.pipeline.syncOperations.addHandler(Wire.Intake(pipe, readsOn: readsOn))
                    continuation.yield(Wire(channel, pipe))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return WireServer(port: channel.localAddress?.port ?? 0, channel: channel, accepted: accepted)
    }

    var address: HTTPAddress { HTTPAddress(host: "127.0.0.1", port: port) }

    /// The next connection that is made.
    func accept() async -> Wire? {
        var iterator = accepted.makeAsyncIterator()
        return await iterator.next()
    }

    func stop() async throws { try await channel.close() }
}
