import NIOCore
import NIOWebSocket
import Roost

/// One side of an open WebSocket (RFC 6455), after NIO's frame codec in the pipeline. It assembles messages, answers pings, performs the
/// closing handshake, and detects a silent peer.
final class WebSocketHandler: ChannelDuplexHandler, UpgradedHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    enum Phase {
        case open
        /// This side has sent its close frame and waits for the peer's.
        case closing
        /// Both close frames were sent, or one that reports a fault. Further input is dropped.
        case over
    }

    let isServer: Bool
    let limits: WebSocketLimits
    let deflate: DeflateAgreement?
    var context: ChannelHandlerContext?
    var phase = Phase.open
    /// How the socket was closed, as soon as it is known.
    var closure: WebSocketClosure?
    var flow = FlowControl()
    /// The content of the last ping that could not be answered yet.
    var unanswered: [UInt8]?
    /// The messages that were received and not read.
    let messages = BoundedChannel<WebSocketMessage>(capacity: 64 << 10)
    private var assembler: MessageAssembler
    /// Received frames for whose messages there is no room.
    private var frames = CircularBuffer<WebSocketFrame>()
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    /// The number of unsent bytes at the time of the last ping.
    private var lastUnsent = 0
    private var pings: RepeatedTask?

    init(isServer: Bool, deflate: DeflateAgreement?, limits: WebSocketLimits) {
        self.isServer = isServer
        self.limits = limits
        self.deflate = deflate
        assembler = MessageAssembler(isMasked: isServer, deflate: deflate, limit: limits.messageSize)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        lastHeard = context.eventLoop.now
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        let pause = TimeAmount(limits.pingInterval)
        pings = context.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in this.value.ping() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        pings?.cancel()
        let end = closure ?? .broken
        closure = end
        messages.finish(end == .broken ? .failure(TransportError(end)) : .success(()))
        flow.fail()
        phase = .over
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeard = context.eventLoop.now
        guard phase != .over else { return }
        frames.append(unwrapInboundIn(data))
        pump()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase != .over else { return }
        guard let fault = error as? NIOWebSocketError else { return context.close(promise: nil) }
        switch fault {
        case .invalidFrameLength: fail(.tooLarge(limits.messageSize))
        case .fragmentedControlFrame, .multiByteControlFrameLength: fail(.protocolError("A control frame is fragmented or too long."))
        }
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if let unanswered = unanswered.take(), phase == .open { write(.pong, unanswered) }
        flow.resume()
    }

    func read(context: ChannelHandlerContext) {
        if mayTake { context.read() } else { flow.isReadWanted = true }
    }

    /// Whether frames may be processed. While this side is closing, messages are dropped to reach the peer's close frame.
    private var mayTake: Bool { phase != .open || messages.hasRoom }

    /// Processes frames while there is room for their content, and then continues reading.
    func pump() {
        while mayTake, phase != .over, let frame = frames.popFirst() { take(frame) }
        guard flow.isReadWanted, mayTake else { return }
        flow.isReadWanted = false
        context?.read()
    }

    private func take(_ frame: WebSocketFrame) {
        do throws(TransportError) {
            switch try assembler.take(frame) {
            case .message(let message, let size): if phase == .open { messages.send(message, size: size) }
            case .ping(let content): answer(content)
            case .close(let closure): peerCloses(closure)
            case .pong, nil: break
            }
        } catch {
            fail(error)
        }
    }

    /// Ends reading, because the peer sends nothing more.
    func finishReading(_ end: Result<Void, any Error>) {
        frames.removeAll()
        messages.finish(end)
    }

    private func ping() {
        guard let context else { return }
        let unsent = context.channel.unsentBytes
        // While nothing is read, the peer cannot be heard. A peer that is slow to receive has not reached the ping yet.
        if !mayTake || unsent > 0 && unsent != lastUnsent { lastHeard = context.eventLoop.now }
        lastUnsent = unsent
        guard context.eventLoop.now - lastHeard < TimeAmount(limits.pingInterval) * 2 else { return context.close(promise: nil) }
        if phase == .open, context.channel.isWritable { write(.ping, []) }
    }
}

extension WebSocketHandler.Phase: Equatable {}
