import NIOCore

/// Stands between the socket and the frames of an HTTP/2 connection. Puts the frames that are flushed together into one write, counts
/// what passes, and lets nothing more in once the connection is given up.
final class HTTP2Edge: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    /// Bytes that came and went, ever.
    private(set) var received = 0
    private(set) var sent = 0
    /// From now on what comes is dropped unread.
    var isClosedToReading = false
    private var gathered = ByteBuffer()
    private var context: ChannelHandlerContext?

    /// Frames are put together up to this many bytes.
    private static let capacity = 64 << 10

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    /// Passes bytes on to the frames.
    func receive(_ bytes: ByteBuffer) {
        guard !isClosedToReading else { return }
        received += bytes.readableBytes
        context?.fireChannelRead(wrapInboundOut(bytes))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(let bytes) = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        gathered.writeImmutableBuffer(bytes)
        if promise != nil || gathered.readableBytes >= Self.capacity { pass(context, promise) }
    }

    func flush(context: ChannelHandlerContext) {
        pass(context, nil)
        context.flush()
    }

    /// Says that requests still under way are welcome and new ones should go elsewhere (RFC 9113 §6.8: a GOAWAY of the highest stream
    /// identifier). Written here, because the frame handler would refuse new streams from then on.
    func writeGoAwayNotice() {
        guard let context else { return }
        let frame: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        gathered.writeBytes(frame)
        flush(context: context)
    }

    private func pass(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        guard gathered.readableBytes > 0 else { return }
        sent += gathered.readableBytes
        context.write(wrapOutboundOut(gathered), promise: promise)
        // Its storage is used again once the channel has let go of it.
        if gathered.capacity > 2 * Self.capacity { gathered = ByteBuffer() } else { gathered.clear() }
    }
}
