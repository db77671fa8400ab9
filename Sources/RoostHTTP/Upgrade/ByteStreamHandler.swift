import NIOCore
import Roost

/// A connection as bytes both ways, for the protocol that it was switched to.
final class ByteStreamHandler: ChannelDuplexHandler, Successor {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var inbox = Inbox<[UInt8]>()
    private var flow = FlowControl()
    private var isEnded = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        inbox.finish(.success(()))
        flow.fail()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        inbox.push(Array(bytes.readableBytesView), size: bytes.readableBytes)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flow.goOn() }
    }

    func read(context: ChannelHandlerContext) {
        if inbox.hasRoom { context.read() } else { flow.isReadWanted = true }
    }

    func take(_ reader: Inbox<[UInt8]>.Reader, _ ticket: Int) {
        inbox.take(reader, ticket)
        guard flow.isReadWanted, inbox.hasRoom else { return }
        flow.isReadWanted = false
        context?.read()
    }

    func giveUp(_ ticket: Int) { inbox.giveUp(ticket) }

    func write(_ bytes: [UInt8], _ writer: CheckedContinuation<Void, any Error>) {
        guard let context else { return writer.resume(throwing: ConnectionClosed()) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        flow.wait(writer, for: context.channel)
    }

    /// Ends this side's direction, once all that was written has gone; the peer has a while to end its own.
    func end() {
        guard let context, !isEnded else { return }
        isEnded = true
        context.closeOutput(after: wrapOutboundOut(ByteBuffer()))
        context.close(within: Self.patience)
    }

    /// How to end another protocol well only its reader knows, who learns of the stop after what has come before.
    func stop() { inbox.finish(.failure(CancellationError())) }

    func end(_ result: Result<Void, any Error>) { end() }

    private static let patience = TimeAmount.seconds(5)
}
