import NIOCore
import NIOHPACK
import NIOHTTP2
import Roost

/// The channel handler of one client's HTTP/2 connection (RFC 9113). It receives requests and runs their handlers on this event loop.
///
/// The frame handler before it in the pipeline handles framing, header compression, the order of frames on a stream, and floods. This
/// handler manages the requests and responses of the streams, and flow control.
final class HTTP2ServerConnection: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTP2Frame

    enum Phase {
        case open
        /// The client was asked to send new requests elsewhere. Its answer to a ping acknowledges that.
        case noticing
        /// No new streams are accepted, and the connection closes after those in progress.
        case draining
        /// The output was closed after the last frames.
        case closing
        case closed
    }

    let home: ServerLoop
    let writer = FrameWriter()
    var phase = Phase.open
    var streams: [Int: ServerStream] = [:]
    /// The highest stream identifier received.
    var lastStream = 0
    /// The number of running handlers, including those of streams that have ended.
    var running = 0
    var timeouts = ConnectionTimeouts()
    var keepalive = Keepalive()
    let remoteAddress: String?
    /// The ping whose answer acknowledges the first GOAWAY.
    static let notice = HTTP2PingData(withInteger: 1)
    /// Streams whose request may have a body and whose handler starts when this read ends, at the latest.
    private var undecided: [Int] = []
    /// The number of received bytes that have not been consumed.
    private var untaken = 0
    /// The number of response bytes that wait for the client's windows.
    var unsent = 0

    init(home: ServerLoop, remoteAddress: String?) {
        self.home = home
        self.remoteAddress = remoteAddress
    }

    /// Adds the handlers of an HTTP/2 connection to a pipeline, after the handler of this context.
    static func add(
        to context: ChannelHandlerContext, home: ServerLoop, remoteAddress: String?
    ) throws -> HTTP2ServerConnection {
        let connection = HTTP2ServerConnection(home: home, remoteAddress: remoteAddress)
        let writer = connection.writer
        let frames = NIOHTTP2Handler.server(home.limits, for: home.callers, watchedBy: writer)
        // Added one by one, because each begins to write through those before it when it is added.
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandler(writer.edge, position: .after(context.handler))
        try pipeline.addHandler(frames, position: .after(writer.edge))
        try pipeline.addHandler(connection, position: .after(frames))
        return connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let written = { [weak self] stream, count, isLast in self?.note(written: count, isLast: isLast, on: stream) ?? () }
        writer.open(context, FrameWriter.Events(written: written, flushed: { [weak self] in self?.settle() }))
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        writer.close()
        home.remove(self)
        abandonStreams()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        writer.beginRead()
        guard phase != .closing, phase != .closed else { return }
        let frame = unwrapInboundIn(data)
        let stream = Int(frame.streamID)
        switch frame.payload {
        case .headers(let headers): take(headers, on: stream)
        case .data(let data): take(data, on: stream)
        case .rstStream: remove(stream)?.exchange.abandon()
        case .ping(Self.notice, ack: true) where phase == .noticing: finishNotice()
        case .goAway, .ping, .settings, .windowUpdate, .priority, .pushPromise, .alternativeService, .origin: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        writer.endRead()
        for number in undecided { startOpen(number) }
        undecided.removeAll(keepingCapacity: true)
        settle()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { settle() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        writer.take(event)
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch writer.takeFault() {
        case .ofStream: settle()
        case .ofConnection:
            abandonStreams()
            closeOutput()
        case nil: close()
        }
    }
}

extension HTTP2ServerConnection {
    private func take(_ headers: HTTP2Frame.FramePayload.Headers, on number: Int) {
        if streams[number] != nil { return takeTrailers(headers, on: number) }
        guard number > lastStream else { return }
        lastStream = number
        // Handlers of reset streams may still be running (CVE-2023-44487).
        guard running < mostRunning, home.callers == .services || unsent < home.limits.unsentSize else {
            return reset(number, .refusedStream)
        }
        do throws(WireFault) {
            begin(try HTTP2RequestHead(headers.headers, limits: home.limits), number, isComplete: headers.endStream)
        } catch {
            guard error.status != .badRequest else { return reset(number, .protocolError) }
            let exchange = Exchange(.get, "", number: number, context: RequestContext(logger: home.logger))
            let stream = ServerStream(exchange, nil)
            streams[number] = stream
            stream.input.isComplete = headers.endStream
            send(exchange.response(to: error), on: stream)
        }
    }

    private func begin(_ head: HTTP2RequestHead, _ number: Int, isComplete: Bool) {
        var request = head.request
        let carrier = home.carrier(of: &request)
        let context = head.call.context(
            logger: home.logger, at: remoteAddress, within: carrier.timeout(of: request, from: home.callers))
        let exchange = Exchange(request.method, request.path, number: number, context: context, carrier: carrier)
        let stream = ServerStream(exchange, head)
        request.remoteAddress = remoteAddress
        stream.request = request
        streams[number] = stream
        if isComplete { return complete(stream) }
        if let length = head.contentLength, length > home.limits.bodySize {
            send(stream.exchange.response(to: Problem.tooLarge(limit: home.limits.bodySize)), on: stream)
            return
        }
        if head.expectsContinue { writer.write(.headers(.init(headers: [":status": "100"])), on: number) }
        switch head.contentLength {
        case nil: undecided.append(number)
        case .some(...home.limits.gatheredSize): break
        default: startOpen(number)
        }
    }

    /// Ends a request with trailers, whose content is ignored.
    private func takeTrailers(_ headers: HTTP2Frame.FramePayload.Headers, on number: Int) {
        guard let stream = streams[number] else { return }
        do throws(WireFault) { try FieldRules.check(trailers: headers.headers) } catch { return reset(number, .protocolError) }
        guard headers.endStream else { return reset(number, .protocolError) }
        complete(stream)
    }

    private func take(_ data: HTTP2Frame.FramePayload.Data, on number: Int) {
        let size = data.data.readableBytes
        hold(size)
        guard let stream = streams[number] else { return giveBack(size) }
        stream.input.receive(data)
        if stream.exceeds(home.limits) { return refuseBody(of: stream) }
        if data.endStream { return complete(stream) }
        // Gathered bytes occupy the connection's window. The handler starts before they block other streams.
        if stream.request != nil, untaken > ReceiveWindow.connection / 2 || home.gathered > home.limits.gatheredTotal { startOpen(number) }
    }

    /// Starts the handler of a complete request, or ends the body of one that has started.
    private func complete(_ stream: ServerStream) {
        stream.input.isComplete = true
        guard var request = stream.request.take() else {
            stream.input.pipe?.finish()
            return settle()
        }
        request.body = .bytes(stream.input.takeGathered())
        giveBack(stream.input.takeCredit())
        run(request, stream)
    }

    /// Starts the handler of a request whose body is incomplete, unless it has started already.
    private func startOpen(_ number: Int) {
        guard let stream = streams[number], var request = stream.request.take() else { return }
        let this = NIOLoopBound(self, eventLoop: home.loop)
        let loop = home.loop
        let pipe = BodyPipe(onDemand: {
            if loop.inEventLoop { this.value.bodyWasTaken(number) } else { loop.execute { this.value.bodyWasTaken(number) } }
        })
        stream.exchange.pipe = pipe
        stream.input.open(pipe)
        request.body = .stream(IncomingBody(pipe), length: stream.contentLength)
        run(request, stream)
    }

    private func run(_ request: Request, _ stream: ServerStream) {
        running += 1
        start(request, stream.exchange)
    }

    private func bodyWasTaken(_ number: Int) {
        guard let stream = streams[number] else { return }
        giveBack(writer.returnTaken(of: &stream.input, on: number))
    }

    private func giveBack(_ count: Int) {
        hold(-count)
        writer.topUp()
    }

    private func hold(_ count: Int) {
        untaken += count
        home.gathered += count
        if home.callers == .anyone { writer.held = untaken }
    }

    private func note(written count: Int, isLast: Bool, on number: Int) {
        guard let stream = streams[number] else { return }
        unsent -= count
        stream.output.note(written: count, isLast: isLast)
    }

    /// The largest number of handlers that run at once. A connection that many callers share also has room for the handlers of cancelled
    /// calls.
    private var mostRunning: Int { home.callers == .services ? 4 * home.limits.streams : home.limits.streams }

    private func refuseBody(of stream: ServerStream) {
        let problem = Problem.tooLarge(limit: home.limits.bodySize)
        if stream.request.take() != nil {
            send(stream.exchange.response(to: problem), on: stream)
        } else {
            stream.input.pipe?.finish(.failure(problem))
        }
    }
}

extension HTTP2ServerConnection {
    /// Ends a stream immediately.
    func reset(_ number: Int, _ code: HTTP2ErrorCode) {
        writer.reset(number, code)
        remove(number)?.exchange.abandon()
    }

    /// Removes a stream, and returns its unread bytes to the connection's window.
    @discardableResult
    private func remove(_ number: Int) -> ServerStream? {
        guard let stream = streams.removeValue(forKey: number) else { return nil }
        stream.exchange.finish()
        unsent -= stream.output.pending
        stream.output.fail(TransportError.connectionClosed)
        _ = stream.input.takeGathered()
        stream.input.pipe?.cancel()
        giveBack(stream.input.takeCredit())
        return stream
    }

    private func abandonStreams() {
        let abandoned = streams
        streams = [:]
        hold(-untaken)
        for stream in abandoned.values {
            stream.output.fail(TransportError.connectionClosed)
            stream.exchange.abandon()
        }
    }

    /// Handles the streams that ended while frames were written. This is postponed until the write has ended, because a frame must not be
    /// written during the write of another.
    func settle() {
        while let (number, ending) = writer.nextEnding() {
            guard let stream = streams[number] else { continue }
            if ending == .reset {
                remove(number)?.exchange.abandon()
            } else {
                // The response is complete, and the rest of the request is not needed (RFC 9113 §8.1).
                if !stream.input.isComplete { writer.reset(number, .noError) }
                remove(number)
            }
        }
        endIfDrained()
    }
}
