import NIOCore
import NIOHTTP2

/// Writes the frames of an HTTP/2 connection. The frames of one read, or of one turn of the event loop, are flushed together.
///
/// The frame handler holds DATA frames back until the flow-control windows allow them, and writes some frames itself. It reports every
/// frame that it writes. Reactions to these reports are postponed until the write has ended, because a frame must not be written during the
/// write of another.
final class FrameWriter: NIOHTTP2FrameDelegate {
    enum Fault {
        case ofStream, ofConnection
    }

    /// How a stream ended on this side: with its last frame, or with a reset that the frame handler sent.
    enum Ending {
        case complete, reset
    }

    /// The callbacks to the owner of the streams.
    struct Events {
        /// Bytes of a stream's body were written.
        var written: (_ stream: Int, _ count: Int, _ isLast: Bool) -> Void = { _, _, _ in }
        /// A flush that was not caused by a read has ended.
        var flushed: () -> Void = {}
    }

    let edge = HTTP2Edge()
    private(set) var context: ChannelHandlerContext?
    private var events = Events()
    private var isReading = false
    private var isFlushWanted = false
    private var isFlushScheduled = false
    private var isResetting = false
    /// The number of bytes that the peer may still send on the connection, as counted by the frame handler, which includes data for streams
    /// that have ended.
    private var left = ReceiveWindow.connection
    /// The number of received bytes that wait for their reader and reduce the connection's window. It is 0 on a connection that many
    /// callers share, where a slow reader is limited by its stream's window only.
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

    /// Takes the next stream that has ended on this side.
    func nextEnding() -> (stream: Int, Ending)? { endings.popLast() }

    /// Returns whether the error that was caught concerns a stream or the connection, or `nil` if it does not come from the frame handler.
    func takeFault() -> Fault? { fault.take() }
}

extension FrameWriter {
    /// Extends the window of a stream by the bytes that its reader has consumed.
    /// - Returns: The number of consumed bytes.
    @discardableResult
    func returnTaken(of input: inout StreamInput, on stream: Int) -> Int {
        let count = input.takeCredit()
        if let increment = input.returnCredit(count) { write(.windowUpdate(windowSizeIncrement: increment), on: stream) }
        return count
    }

    /// Records the connection's window from an event of the frame handler.
    func take(_ event: Any) {
        guard let event = event as? NIOHTTP2WindowUpdatedEvent, event.streamID == .rootStream else { return }
        left = event.inboundWindowSize ?? left
    }

    /// Extends the window of the connection if enough has been consumed to be worth a frame.
    func topUp() {
        let due = ReceiveWindow.connection - left - held
        guard isOpen, due >= ReceiveWindow.connection / 2 else { return }
        left += due
        write(.windowUpdate(windowSizeIncrement: due), on: 0)
    }

    /// Records the beginning of a read, at whose end the frame handler flushes by itself.
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

    /// Sends everything that was written and closes the output.
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
