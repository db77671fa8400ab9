import NIOCore

/// The channel handler between the socket and the frame handler of an HTTP/2 connection. It joins frames that are flushed together into one
/// write, counts bytes, and drops input after the connection was closed for reading.
final class HTTP2Edge: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    /// The total number of bytes received.
    private(set) var received = 0
    /// The total number of bytes sent.
    private(set) var sent = 0
    /// Whether further input is dropped.
    var isClosedToReading = false
    private var gathered = ByteBuffer()
    private var context: ChannelHandlerContext?

    /// Frames are joined up to this size in bytes.
    private static let capacity = 64 << 10

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    /// Passes received bytes on to the frame handler.
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

    /// Asks the client to send new requests elsewhere, while those in progress are still accepted: a GOAWAY with the highest stream
    /// identifier (RFC 9113 §6.8). It is written here, because the frame handler would refuse new streams from then on.
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
        // The storage is reused when the channel has released it.
        if gathered.capacity > 2 * Self.capacity { gathered = ByteBuffer() } else { gathered.clear() }
    }
}
