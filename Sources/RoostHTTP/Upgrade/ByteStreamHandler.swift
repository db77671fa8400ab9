import NIOCore
import Roost

/// Passes bytes in both directions after a connection was switched to another protocol.
final class ByteStreamHandler: ChannelDuplexHandler, UpgradedHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What was received and not read.
    let incoming = BoundedChannel<[UInt8]>(capacity: BodyPipe.capacity)
    private var context: ChannelHandlerContext?
    private var flow = FlowControl()
    private var isEnded = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        incoming.finish(.success(()))
        flow.fail()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        incoming.send(Array(bytes.readableBytesView), size: bytes.readableBytes)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flow.resume() }
    }

    func read(context: ChannelHandlerContext) {
        if incoming.hasRoom { context.read() } else { flow.isReadWanted = true }
    }

    /// Performs a postponed read, if there is room now.
    func resumeReading() {
        guard flow.isReadWanted, incoming.hasRoom else { return }
        flow.isReadWanted = false
        context?.read()
    }

    func write(_ bytes: [UInt8], _ writer: WaitingWriters.Writer) {
        guard let context else { return writer.resume(throwing: TransportError.connectionClosed) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        flow.wait(writer, for: context.channel)
    }

    /// Closes the output after everything that was written has been sent. The peer has a limited time to close its side.
    func end() {
        guard let context, !isEnded else { return }
        isEnded = true
        context.closeOutput(after: wrapOutboundOut(ByteBuffer()))
        context.close(within: Self.closeTimeout)
    }

    /// Tells the reader to stop, after it has read what was received before. Only the reader knows how to end its protocol properly.
    func stop() { incoming.finish(.failure(CancellationError())) }

    func end(_ result: Result<Void, any Error>) { end() }

    private static let closeTimeout = TimeAmount.seconds(5)
}
