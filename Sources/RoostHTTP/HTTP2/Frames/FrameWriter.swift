import NIOCore
import NIOHTTP2

/// Writes an HTTP/2 connection's frames. Those of one read, or of one turn of the event loop, are flushed together.
///
/// The frame handler holds DATA back until the windows allow it, and writes some frames by itself; it tells of every frame that goes.
/// What follows from that is noted, and done once the writing is over: a frame must not be written within another's writing.
final class FrameWriter: NIOHTTP2FrameDelegate {
    enum Fault {
        case ofStream, ofConnection
    }

    /// How a stream ended on this side: with its last frame, or by a reset that the frame handler sent.
    enum Ending {
        case complete, reset
    }

    /// What the owner of the streams is told.
    struct Events {
        /// Bytes of a stream's body went on their way; whether they are its last.
        var written: (_ stream: Int, _ count: Int, _ isLast: Bool) -> Void = { _, _, _ in }
        /// A flush, that no read has brought about, is over.
        var flushed: () -> Void = {}
    }

    let edge = HTTP2Edge()
    private(set) var context: ChannelHandlerContext?
    private var events = Events()
    private var isReading = false
    private var isFlushWanted = false
    private var isFlushScheduled = false
    private var isResetting = false
    /// What the peer may still send on the connection, as the frame handler counts it: also what came for streams that are no more.
    private var left = ReceiveWindow.connection
    /// Bytes of bodies that came, wait for their reader, and are to slow the whole connection down. Nothing where many share the
    /// connection: there one reader's slowness is for its own stream's window.
    var held = 0
    private var endings: [(stream: Int, Ending)] = []
    private var fault: Fault?

    var isOpen: Bool { context != nil }

    func open(_ context: ChannelHandlerContext, _ events: Events) {
        self.context = context
        self.events = events
        write(.windowUpdate(windowSizeIncrement: ReceiveWindow.connection - ReceiveWindow.initialConnection), on: 0)
    }

    func close() {
        context = nil
        events = Events()
    }

    func write(_ payload: HTTP2Frame.FramePayload, on stream: Int) {
        guard let context else { return }
        context.write(NIOAny(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload)), promise: nil)
        isFlushWanted = true
        if !isReading { scheduleFlush() }
    }

    /// Writes bytes of a body.
    func writeData(_ bytes: [UInt8], isLast: Bool, on stream: Int) {
        write(.data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: isLast)), on: stream)
    }

    func reset(_ stream: Int, _ code: HTTP2ErrorCode) {
        isResetting = true
        write(.rstStream(code), on: stream)
        isResetting = false
    }

    func wroteFrame(_ frame: HTTP2Frame) {
        let stream = Int(frame.streamID)
        switch frame.payload {
        case .data(let data):
            events.written(stream, data.data.readableBytes, data.endStream)
            if data.endStream { endings.append((stream, .complete)) }
        case .headers(let headers) where headers.endStream:
            events.written(stream, 0, true)
            endings.append((stream, .complete))
        case .rstStream where !isResetting:
            endings.append((stream, .reset))
            fault = .ofStream
        case .goAway(_, let code, _) where code != .noError: fault = .ofConnection
        default: break
        }
    }

    /// A stream that has ended on this side since this was last asked.
    func nextEnding() -> (stream: Int, Ending)? { endings.popLast() }

    /// What the error is about that the frame handler reports; `nil` where it is not its own.
    func takeFault() -> Fault? { fault.take() }
}

extension FrameWriter {
    /// Gives the peer back what the reader of a stream's body has taken.
    /// - Returns: how many bytes the reader has taken.
    @discardableResult
    func returnTaken(of input: inout StreamInput, on stream: Int) -> Int {
        let count = input.takeCredit()
        if let increment = input.returnCredit(count) { write(.windowUpdate(windowSizeIncrement: increment), on: stream) }
        return count
    }

    /// Takes note of what the frame handler tells of the connection.
    func take(_ event: Any) {
        guard let event = event as? NIOHTTP2WindowUpdatedEvent, event.streamID == .rootStream else { return }
        left = event.inboundWindowSize ?? left
    }

    /// Gives the peer back what it may send on the connection, if that is enough to be worth a frame.
    func topUp() {
        let due = ReceiveWindow.connection - left - held
        guard isOpen, due >= ReceiveWindow.connection / 2 else { return }
        left += due
        write(.windowUpdate(windowSizeIncrement: due), on: 0)
    }

    /// A read has begun: at its end the frame handler flushes by itself.
    func beginRead() { isReading = true }

    func endRead() {
        isReading = false
        isFlushWanted = false
        topUp()
    }

    func flush() {
        isFlushWanted = false
        context?.flush()
        events.flushed()
    }

    /// Sends what is written and closes this side; the peer has a moment to read what was sent last.
    func closeOutput() {
        edge.isClosedToReading = true
        flush()
        context?.close(mode: .output, promise: nil)
    }

    private func scheduleFlush() {
        guard !isFlushScheduled, let context else { return }
        isFlushScheduled = true
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            this.value.isFlushScheduled = false
            if this.value.isFlushWanted { this.value.flush() }
        }
    }
}
