import NIOCore
import NIOHTTP2
import NIOTLS
import Roost

/// The channel handler of a client's HTTP/2 connection. It is used on its event loop only.
final class HTTP2ClientConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    let address: HTTPAddress
    let configuration: HTTP2Connection.Configuration
    let loop: any EventLoop
    let executor: LoopExecutor
    let load: HTTP2ConnectionLoad
    let writer = FrameWriter()
    var streams: [Int: ClientStream] = [:]
    var lastStream = -1
    /// Calls for which there is no room yet, oldest first.
    var waiting: [WaitingCall] = []
    /// Whether no new streams are opened and the connection closes after the last one.
    var isDraining = false
    /// The error for which this side closed the connection: a protocol violation by the server or a network failure.
    private(set) var fault: (any Error)?
    private var ready: EventLoopPromise<Void>?
    /// Streams whose response may be complete when this read ends.
    private var undecided: [Int] = []
    private var keepalive = Keepalive()
    private var ticker: RepeatedTask?

    /// - Parameter ready: Succeeds when the server's settings have been received.
    init(
        _ address: HTTPAddress, _ configuration: HTTP2Connection.Configuration, loop: any EventLoop, load: HTTP2ConnectionLoad,
        ready: EventLoopPromise<Void>
    ) {
        self.address = address
        self.configuration = configuration
        self.loop = loop
        self.load = load
        self.ready = ready
        executor = LoopExecutor(loop)
    }

    func add(to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers([writer.edge, NIOHTTP2Handler.client(watchedBy: writer), self])
    }

    func channelActive(context: ChannelHandlerContext) {
        let written = { [weak self] stream, count, isLast in self?.streams[stream]?.output.note(written: count, isLast: isLast) ?? () }
        writer.open(context, FrameWriter.Events(written: written, flushed: { [weak self] in self?.settle() }))
        let delay = min(TimeAmount(configuration.keepaliveInterval), TimeAmount(configuration.keepaliveTimeout))
        let this = NIOLoopBound(self, eventLoop: loop)
        ticker = loop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in this.value.checkPeer() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ticker?.cancel()
        writer.close()
        stopTaking()
        ready.take()?.fail(TransportError.connectionClosed)
        failAll()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let name)? = event as? TLSUserEvent, name != "h2" { context.close(promise: nil) }
        writer.take(event)
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if writer.takeFault() == .ofStream { return settle() }
        fault = fault ?? error
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        writer.beginRead()
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): take(headers, on: Int(frame.streamID))
        case .data(let data): take(data, on: Int(frame.streamID))
        case .rstStream(let code): takeReset(code, on: Int(frame.streamID))
        case .goAway(let last, let code, _): takeGoAway(Int(last), code)
        case .settings(.settings(let settings)): take(settings)
        case .settings, .ping, .windowUpdate, .priority, .pushPromise, .alternativeService, .origin: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        writer.endRead()
        for number in undecided { answerOpen(number) }
        undecided.removeAll(keepingCapacity: true)
        settle()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { settle() }

    private func checkPeer() {
        guard !streams.isEmpty else { return }
        let verdict = keepalive.observe(
            received: writer.edge.received, now: .now(), interval: TimeAmount(configuration.keepaliveInterval),
            timeout: TimeAmount(configuration.keepaliveTimeout))
        switch verdict {
        case .proceed: break
        case .ping: writer.write(.ping(HTTP2PingData(withInteger: 0), ack: false), on: 0)
        case .close: close()
        }
    }
}

extension HTTP2ClientConnection {
    private func take(_ settings: HTTP2Settings) {
        if let limit = settings.last(where: { $0.parameter == .maxConcurrentStreams })?.value {
            load.limit.store(limit, ordering: .relaxed)
        }
        ready.take()?.succeed()
        // The limit may have been raised.
        beginWaiting()
    }

    private func take(_ headers: HTTP2Frame.FramePayload.Headers, on number: Int) {
        guard let stream = streams[number] else { return }
        do throws(WireFault) {
            if stream.head == nil { try stream.take(headers.headers) } else { try stream.takeTrailers(headers.headers) }
        } catch {
            return abandon(stream, TransportError(.answered, Problem(.badGateway, "\(address) sent an invalid response: \(error.detail)")))
        }
        if headers.endStream { return complete(stream) }
        if stream.head != nil, stream.isAwaited { undecided.append(number) }
    }

    private func take(_ data: HTTP2Frame.FramePayload.Data, on number: Int) {
        guard let stream = streams[number] else { return }
        stream.input.receive(data)
        if data.endStream { complete(stream) }
    }

    /// Completes a stream whose response has ended.
    private func complete(_ stream: ClientStream) {
        stream.input.isComplete = true
        guard stream.head != nil else {
            return abandon(stream, TransportError(.answered, Problem(.badGateway, "\(address) ended the stream without a response.")))
        }
        // A server that has responded does not need the rest of the request.
        if !stream.output.isComplete { writer.reset(stream.number, .cancel) }
        // Removed first, so that the caller can already use the free place.
        remove(stream.number)
        if stream.isAwaited { stream.answerWhole() } else { stream.input.pipe?.finish() }
    }

    /// Gives the caller the response whose body is still being received.
    private func answerOpen(_ number: Int) {
        guard let stream = streams[number], stream.isAwaited else { return }
        let this = NIOLoopBound(self, eventLoop: loop)
        let loop = loop
        let call = stream.call
        let pipe = BodyPipe(
            onDemand: { if loop.inEventLoop { this.value.bodyWasTaken(number) } else { loop.execute { this.value.bodyWasTaken(number) } } },
            onCancel: { loop.execute { this.value.cancel(call) } })
        stream.answerOpen(pipe)
    }

    private func bodyWasTaken(_ number: Int) {
        guard let stream = streams[number] else { return }
        writer.returnTaken(of: &stream.input, on: number)
    }

    private func takeReset(_ code: HTTP2ErrorCode, on number: Int) {
        guard let stream = remove(number) else { return }
        let progress: TransportError.Progress = code == .refusedStream ? .notSent : stream.head == nil ? .unanswered : .answered
        stream.fail(TransportError(progress, Problem(.badGateway, "\(address) cancelled the request: \(code)."), code: code))
    }

    private func takeGoAway(_ last: Int, _ code: HTTP2ErrorCode) {
        stopTaking()
        for stream in streams.values where stream.number > last {
            remove(stream.number)
            stream.fail(TransportError(.notSent, Problem.unavailable("\(address) is closing the connection."), code: code))
        }
        drain()
    }

    func stopTaking() {
        isDraining = true
        load.isUsable.store(false, ordering: .releasing)
        beginWaiting()
    }
}
