import NIOCore
import NIOEmbedded
import NIOWebSocket
import Roost
import Testing

@testable import RoostHTTP

/// How a socket behaves over time, by a clock that the test controls.
@Suite(.timeLimit(.minutes(5))) struct SilenceTests {
    private final class Anchor: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
    }

    private static let interval = TimeAmount(WebSocketLimits().pingInterval)

    private func socket() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(), anchor = Anchor()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.pipeline.syncOperations.addHandler(anchor)
        let socket = WebSocketHandler(isServer: true, deflate: nil, limits: WebSocketLimits())
        try channel.pipeline.syncOperations.addWebSocket(socket, after: anchor)
        return channel
    }

    /// The opcodes of the frames that were sent.
    private func sent(by channel: EmbeddedChannel) throws -> [UInt8] {
        var bytes: [UInt8] = [], opcodes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        while let frame = Frame.take(from: &bytes) { opcodes.append(frame.opcode) }
        return opcodes
    }

    @Test func aPeerThatAnswersPingsStays() throws {
        let channel = try socket()
        for _ in 0..<10 {
            channel.embeddedEventLoop.advanceTime(by: Self.interval)
            #expect(try sent(by: channel) == [9])
            try channel.writeInbound(ByteBuffer(bytes: Frames.frame(10)))
        }
        #expect(channel.isActive)
    }

    @Test func aPeerThatGoesSilentIsDropped() throws {
        let channel = try socket()
        channel.embeddedEventLoop.advanceTime(by: Self.interval)
        #expect(try sent(by: channel) == [9] && channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: Self.interval)
        #expect(!channel.isActive)
    }
}
