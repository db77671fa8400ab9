import NIOCore
import NIOWebSocket
import Roost

/// One side of a WebSocket that is open (RFC 6455), behind NIO's frame codec: puts messages together, answers pings, closes by the
/// rules, and notices a peer that has gone silent.
final class WebSocketHandler: ChannelDuplexHandler, Successor {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    enum Phase {
        case open
        /// This side has sent its close frame and waits for the peer's.
        case closing
        /// Both close frames have gone, or one that tells of a fault: what still comes is dropped.
        case over
    }

    let isServer: Bool
    let limits: WebSocketLimits
    let deflate: DeflateAgreement?
    var context: ChannelHandlerContext?
    var phase = Phase.open
    /// How the socket was closed, once it is known.
    var closure: WebSocketClosure?
    var flow = FlowControl()
    /// The last ping that could not be answered yet.
    var unanswered: [UInt8]?
    private var inbox = Inbox<WebSocketMessage>()
    private var assembler: MessageAssembler
    /// Frames that came in one read with those that filled the inbox.
    private var frames = CircularBuffer<WebSocketFrame>()
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    /// What waited to be sent when the peer was last to be pinged.
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
        inbox.finish(end == .broken ? .failure(end) : .success(()))
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
        case .fragmentedControlFrame, .multiByteControlFrameLength: fail(.protocolError("A control frame is in parts or too long."))
        }
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if let unanswered = unanswered.take(), phase == .open { write(.pong, unanswered) }
        flow.goOn()
    }

    func read(context: ChannelHandlerContext) {
        if mayTake { context.read() } else { flow.isReadWanted = true }
    }

    func take(_ reader: Inbox<WebSocketMessage>.Reader, _ ticket: Int) {
        inbox.take(reader, ticket)
        pump()
    }

    func giveUp(_ ticket: Int) { inbox.giveUp(ticket) }

    /// While this side is closing, messages are dropped, so that the peer's close frame is reached.
    private var mayTake: Bool { phase != .open || inbox.hasRoom }

    /// Takes frames as far as there is room for what they bring, and reads on then.
    func pump() {
        while mayTake, phase != .over, let frame = frames.popFirst() { take(frame) }
        guard flow.isReadWanted, mayTake else { return }
        flow.isReadWanted = false
        context?.read()
    }

    private func take(_ frame: WebSocketFrame) {
        do throws(WebSocketClosure) {
            switch try assembler.take(frame) {
            case .message(let message, let size): if phase == .open { inbox.push(message, size: size) }
            case .ping(let content): answer(content)
            case .close(let closure): peerCloses(closure)
            case .pong, nil: break
            }
        } catch {
            fail(error)
        }
    }

    /// Nothing more comes from the peer.
    func finishReading(_ end: Result<Void, any Error>) {
        frames.removeAll()
        inbox.finish(end)
    }

    private func ping() {
        guard let context else { return }
        let unsent = context.channel.unsentBytes
        // A peer that is not read cannot be heard, and one that is slow to take what was sent has not come to the ping behind it.
        if !mayTake || unsent > 0 && unsent != lastUnsent { lastHeard = context.eventLoop.now }
        lastUnsent = unsent
        guard context.eventLoop.now - lastHeard < TimeAmount(limits.pingInterval) * 2 else { return context.close(promise: nil) }
        if phase == .open, context.channel.isWritable { write(.ping, []) }
    }
}

extension WebSocketHandler.Phase: Equatable {}
