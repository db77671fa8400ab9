import NIOCore
import Roost

/// One client's connection that speaks HTTP/1.1: takes requests off it one after another and has each handled on this event loop.
///
/// A request that comes while another is handled waits in the decoder's buffer; when that is full, reading stops.
final class ServerConnection: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or in a head.
        case waiting
        /// A short body is read before its handler starts.
        case gathering(Request)
        case serving
        /// The response has gone, and the rest of the body is read and dropped: up to this many bytes.
        case draining(left: Int)
        /// The response has gone and the connection is closing; what the client still sends is dropped, so that a reset does
        /// not destroy the response on its way (RFC 9112 §9.6).
        case lingering
        /// The connection speaks another protocol: everything passes on to the handler of that.
        case upgraded(any UpgradedHandler)
        case closed
    }

    let home: ServerLoop
    var phase = Phase.waiting
    var exchange: Exchange?
    var context: ChannelHandlerContext?
    /// What is written together. Once it was sent, its storage is kept for the next time: `unsent` tells how much is still to go.
    var outbound = ByteBuffer()
    var isOutboundSent = false
    /// Whether the connection ends once `outbound` has gone, and whether it lingers.
    var closing: (isWanted: Bool, lingers: Bool) = (false, false)
    var isPumping = false
    /// Whether the client and the response under way would have the connection go on.
    var keepsAlive = true
    var isBodyComplete = true
    /// Whether the request's framing is lost, so that nothing more can be read.
    var isBroken = false
    var writable: CheckedContinuation<Void, any Error>?
    var submitted = 0
    private(set) var remoteAddress: String?
    /// Until it is known whether the client speaks HTTP/1.1 or HTTP/2.
    var choice: ProtocolChoice? = ProtocolChoice()
    var isHandshaking: Bool
    var decoder: RequestDecoder
    private var gathered = ByteBuffer()
    private var bodySize = 0
    /// What the body that is gathered was promised of the loop's room.
    private var promised = 0 {
        didSet { home.gathered += promised - oldValue }
    }
    var number = 0
    var received = 0
    /// Whether the channel asked for a read that has been put off.
    private var isReadWanted = false
    var patience = Patience()

    init(home: ServerLoop) {
        self.home = home
        decoder = RequestDecoder(limits: home.limits)
        isHandshaking = home.isSecured
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.remoteAddress?.ipAddress
        if let problem = home.add(self) { return refuse(problem) }
        if home.isStopping { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        self.context = nil
        promised = 0
        home.remove(self)
        exchange?.giveUp()
        exchange = nil
        writable.take()?.resume(throwing: TransportError.connectionClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        received += bytes.readableBytes
        switch phase {
        case .lingering, .closed: return
        case .upgraded: context.fireChannelRead(data)
        case .waiting, .gathering, .serving, .draining:
            guard !isBroken, let bytes = choose(by: bytes) else { return }
            decoder.receive(bytes)
            pump()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .upgraded = phase { return context.fireChannelWritabilityChanged() }
        guard context.channel.isWritable else { return }
        writable.take()?.resume()
        pump()
    }

    /// What the protocol after an upgrade sends: counted, so that it is seen whether the client takes it.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        submitted += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadWanted = true }
    }

    /// Takes what the decoder has, as far as there is somewhere to put it.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        var isHeldUp: Bool
        repeat {
            isHeldUp = takeEvents()
            // That makes room, of which nobody tells where the channel took all of it at once.
            flush()
        } while isHeldUp && mayTake
        isPumping = false
        resumeReading()
    }

    /// - Returns: whether it stopped for want of room, so that there may be more.
    private func takeEvents() -> Bool {
        do throws(WireFault) {
            while mayTake {
                guard let event = try decoder.next() else { return false }
                take(event)
            }
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// Has the channel read that was put off, if it may now. What the connection was upgraded to has its say.
    func resumeReading() {
        guard isReadWanted, mayRead else { return }
        isReadWanted = false
        if case .upgraded = phase { context?.pipeline.read() } else { context?.read() }
    }

    /// Whether the client sent, or may still send, what will not be read.
    var hasUnread: Bool { !isBodyComplete || decoder.waiting > 0 }

    /// Whether there is somewhere to put what the decoder has: room for a response, or in a body's pipe.
    var mayTake: Bool {
        switch phase {
        case .waiting: !closing.isWanted && context?.channel.isWritable == true && unsent < Self.coalescing
        case .gathering, .draining: true
        case .serving: !isBodyComplete && !isBroken && exchange?.pipe?.hasRoom == true
        case .lingering, .upgraded, .closed: false
        }
    }

    private var mayRead: Bool {
        switch phase {
        case .lingering, .upgraded: true
        case .closed: false
        case .waiting, .gathering, .serving, .draining: decoder.waiting < Self.readAhead
        }
    }

    /// Bytes of requests that may wait while another is handled. A head must fit.
    private static let readAhead = 64 << 10
    /// Responses to pipelined requests leave together up to this many bytes.
    private static let coalescing = 64 << 10
}

extension ServerConnection {
    private func take(_ event: RequestDecoder.Event) {
        switch event {
        case .head(let head): begin(head)
        case .body(let piece): take(piece)
        case .end: takeEnd()
        }
    }

    private func begin(_ head: RequestHead) {
        number += 1
        bodySize = 0
        isBodyComplete = false
        var request = Request(
            head.method, head.path, query: head.query, headers: head.headers, remoteAddress: remoteAddress)
        let carrier = home.carrier(of: &request)
        let context = head.call.context(
            logger: home.logger, at: remoteAddress, within: carrier.timeout(of: request, from: home.callers))
        let exchange = Exchange(
            head.method, head.path, number: number, context: context, carrier: carrier, isOld: head.isOld,
            awaitsContinue: head.expectsContinue)
        if head.asksForUpgrade { exchange.handshake = WebSocketHandshake(head.headers, limits: home.limits.webSocket) }
        self.exchange = exchange
        keepsAlive = head.keepsAlive
        switch head.framing {
        case .none:
            phase = .gathering(request)
        case .length(let length) where length > home.limits.bodySize:
            phase = .serving
            keepsAlive = false
            send(exchange.response(to: Problem.tooLarge(limit: home.limits.bodySize)), in: exchange)
        case .length(let length) where length <= home.limits.gatheredSize && home.gathered + length <= home.limits.gatheredTotal:
            phase = .gathering(request)
            promised = length
            if decoder.waiting == 0 { sendContinue() }
        case .length, .chunked, .untilClose:
            let pipe = openPipe()
            let length: Int? = if case .length(let length) = head.framing { length } else { nil }
            request.body = .stream(IncomingBody(pipe), length: length)
            phase = .serving
            start(request, exchange)
        }
    }

    private func openPipe() -> BodyPipe {
        let this = NIOLoopBound(self, eventLoop: home.loop)
        let loop = home.loop
        let pipe = BodyPipe(onDemand: {
            if loop.inEventLoop { this.value.bodyIsWanted() } else { loop.execute { this.value.bodyIsWanted() } }
        })
        exchange?.pipe = pipe
        return pipe
    }

    private func bodyIsWanted() {
        if decoder.waiting == 0, !isBodyComplete { sendContinue() }
        pump()
    }

    private func sendContinue() {
        guard exchange?.awaitsContinue == true, exchange?.plan == nil else { return }
        exchange?.awaitsContinue = false
        beginOutbound()
        outbound.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        flush()
    }

    private func take(_ piece: ByteBuffer) {
        exchange?.awaitsContinue = false
        bodySize += piece.readableBytes
        switch phase {
        case .gathering:
            if gathered.readableBytes == 0 { gathered = piece } else { gathered.writeImmutableBuffer(piece) }
        case .serving:
            if bodySize > home.limits.bodySize { return breakBody(Problem.tooLarge(limit: home.limits.bodySize)) }
            exchange?.pipe?.push(Array(piece.readableBytesView))
        case .draining(let left):
            phase = .draining(left: left - piece.readableBytes)
            if left < piece.readableBytes { endConnection(lingering: true) }
        case .waiting, .lingering, .upgraded, .closed: break
        }
    }

    private func takeEnd() {
        isBodyComplete = true
        switch phase {
        case .gathering(var request):
            request.body = .bytes(Array(gathered.readableBytesView))
            gathered = ByteBuffer()
            promised = 0
            phase = .serving
            if let exchange { start(request, exchange) }
        case .serving: exchange?.pipe?.finish()
        case .draining: becomeIdle()
        case .waiting, .lingering, .upgraded, .closed: break
        }
    }

    /// The body cannot be read on: whoever reads it learns why.
    private func breakBody(_ error: any Error) {
        isBroken = true
        exchange?.pipe?.finish(.failure(error))
    }

    /// Answers what is no request, or ends the body that is being read.
    func fail(_ fault: WireFault) {
        isBroken = true
        switch phase {
        case .waiting: refuse(fault.problem)
        case .gathering:
            phase = .serving
            promised = 0
            if let exchange { send(exchange.response(to: fault), in: exchange) }
        case .serving: breakBody(fault.problem)
        case .draining: endConnection(lingering: true)
        case .lingering, .upgraded, .closed: break
        }
    }
}
