import NIOCore
import Roost

/// A client's HTTP/1.1 connection. It receives requests one after another, and has each handled on this event loop.
///
/// A request that arrives while another one is handled waits in the decoder's buffer. When that is full, reading stops.
final class ServerConnection: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or in a head.
        case waiting
        /// A short body is received before its handler starts.
        case gathering(Request)
        case serving
        /// The response was sent, and the rest of the body is received and discarded, up to this number of bytes.
        case draining(left: Int)
        /// The response was sent and the connection is closing. Input is discarded, so that a reset does not destroy the response in
        /// transit (RFC 9112 §9.6).
        case lingering
        /// The connection uses another protocol, whose handler gets everything.
        case upgraded(any UpgradedHandler)
        case closed
    }

    let home: ServerLoop
    var phase = Phase.waiting
    var exchange: Exchange?
    var context: ChannelHandlerContext?
    /// The bytes that are sent together. After sending, the storage is kept for the next time: `unsent` is the number of bytes that remain.
    var outbound = ByteBuffer()
    var isOutboundSent = false
    /// Whether the connection ends once `outbound` was sent, and whether it lingers.
    var closing: (isWanted: Bool, lingers: Bool) = (false, false)
    var isPumping = false
    /// Whether the client and the current response allow the connection to stay open.
    var keepsAlive = true
    var isBodyComplete = true
    /// Whether the framing of the requests is lost, so that nothing more can be read.
    var isBroken = false
    var writers = WaitingWriters()
    var submitted = 0
    private(set) var remoteAddress: String?
    /// Determines whether the client uses HTTP/1.1 or HTTP/2; `nil` once that is known.
    var choice: ProtocolChoice? = ProtocolChoice()
    var isHandshaking: Bool
    var decoder: RequestDecoder
    var gathered = ByteBuffer()
    var bodySize = 0
    /// The part of the loop's memory that is reserved for the body.
    var promised = 0 {
        didSet { home.gathered += promised - oldValue }
    }
    var number = 0
    var received = 0
    /// Whether the channel asked for a read that was postponed.
    private var isReadWanted = false
    var timeouts = ConnectionTimeouts()

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
        exchange?.abandon()
        exchange = nil
        writers.fail(TransportError.connectionClosed)
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
        writers.resume()
        pump()
    }

    /// Counts the bytes of an upgraded protocol, in order to notice whether the client receives them.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        submitted += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadWanted = true }
    }

    /// Processes the decoder's events as far as possible.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        var isHeldUp: Bool
        repeat {
            isHeldUp = takeEvents()
            // This frees space, which nothing reports if the channel accepted everything at once.
            flush()
        } while isHeldUp && mayTake
        isPumping = false
        resumeReading()
    }

    /// Processes events.
    /// - Returns: Whether it stopped because there was no space, so that there may be more.
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

    /// Performs a postponed read, if possible now and if the upgraded protocol allows it.
    func resumeReading() {
        guard isReadWanted, mayRead else { return }
        isReadWanted = false
        if case .upgraded = phase { context?.pipeline.read() } else { context?.read() }
    }

    /// Whether the client has sent, or may still send, input that will not be read.
    var hasUnread: Bool { !isBodyComplete || decoder.waiting > 0 }

    /// Whether the next event can be processed: there is space for a response, or in the pipe of a body.
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

    /// The number of bytes of requests that can wait while another one is handled. A head must fit.
    private static let readAhead = 64 << 10
    /// Responses to pipelined requests are sent together up to this number of bytes.
    private static let coalescing = 64 << 10
}
