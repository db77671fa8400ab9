import NIOCore
import NIOHPACK
import NIOHTTP2
import Roost

/// One client's connection that speaks HTTP/2 (RFC 9113): takes requests off its streams and has them handled on this event loop.
///
/// The frame handler before it sees to frames, to header compression, to the order of frames on a stream and to floods of them; here
/// are the streams' requests and responses, and the windows.
final class HTTP2ServerConnection: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTP2Frame

    enum Phase {
        case open
        /// The client has been told to go elsewhere; its pings answer tells when it knows.
        case noticing
        /// No new streams; the connection ends with those under way.
        case draining
        /// What was sent last is on its way.
        case closing
        case closed
    }

    let home: ServerLoop
    let writer = FrameWriter()
    var phase = Phase.open
    var streams: [Int: ServerStream] = [:]
    /// The highest stream that was begun.
    var lastStream = 0
    /// Handlers under way, those of streams that are no more included.
    var running = 0
    var patience = Patience()
    var keepalive = Keepalive()
    let remoteAddress: String?
    /// The ping whose answer tells that the client knows it should go elsewhere.
    static let notice = HTTP2PingData(withInteger: 1)
    /// Streams whose request may have a body and whose handler starts at the latest when this read ends.
    private var undecided: [Int] = []
    /// Bytes of bodies that came and were not taken.
    private var untaken = 0
    /// Bytes of answers that wait for the client's windows.
    var unsent = 0

    init(home: ServerLoop, remoteAddress: String?) {
        self.home = home
        self.remoteAddress = remoteAddress
    }

    /// Puts the handlers of an HTTP/2 connection into a pipeline, after `handler`.
    static func add(
        to context: ChannelHandlerContext, home: ServerLoop, remoteAddress: String?
    ) throws -> HTTP2ServerConnection {
        let connection = HTTP2ServerConnection(home: home, remoteAddress: remoteAddress)
        let writer = connection.writer
        let frames = NIOHTTP2Handler.server(home.limits, for: home.callers, watchedBy: writer)
        // One by one, for each begins to write when it is added, through those before it.
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
        case .rstStream: remove(stream)?.exchange.giveUp()
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
        // A client that resets its streams leaves handlers behind that have yet to notice (CVE-2023-44487).
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
        let context = head.call.context(
            logger: home.logger, from: home.callers, at: remoteAddress, isProcedure: head.isMessages)
        let stream = ServerStream(Exchange(head.request.method, head.request.path, number: number, context: context), head)
        stream.request?.remoteAddress = remoteAddress
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

    /// Trailers end the request. What they say is not asked for.
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
        // What is gathered holds the connection's window; before it holds up other streams, reading begins.
        if stream.request != nil, untaken > ReceiveWindow.connection / 2 || home.gathered > home.limits.gatheredTotal { startOpen(number) }
    }

    /// The request has ended.
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

    /// Starts the handler of a request whose body is not complete, if it has not started.
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

    /// How many handlers may run at once. A connection that many share has room for those that their callers gave up.
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
    /// Ends a stream at once.
    func reset(_ number: Int, _ code: HTTP2ErrorCode) {
        writer.reset(number, code)
        remove(number)?.exchange.giveUp()
    }

    /// Takes a stream out; what came and nobody took no longer holds the connection's window.
    @discardableResult
    private func remove(_ number: Int) -> ServerStream? {
        guard let stream = streams.removeValue(forKey: number) else { return nil }
        stream.exchange.finish()
        unsent -= stream.output.pending
        stream.output.fail(ConnectionClosed())
        _ = stream.input.takeGathered()
        stream.input.pipe?.abandon()
        giveBack(stream.input.takeCredit())
        return stream
    }

    private func abandonStreams() {
        let abandoned = streams
        streams = [:]
        hold(-untaken)
        for stream in abandoned.values {
            stream.output.fail(ConnectionClosed())
            stream.exchange.giveUp()
        }
    }

    /// Sees to the streams that ended while frames were written: not there, for a frame must not be written within another's writing.
    func settle() {
        while let (number, ending) = writer.nextEnding() {
            guard let stream = streams[number] else { continue }
            if ending == .reset {
                remove(number)?.exchange.giveUp()
            } else {
                // The response is complete, and the rest of the request is not wanted (RFC 9113 §8.1).
                if !stream.input.isComplete { writer.reset(number, .noError) }
                remove(number)
            }
        }
        endIfDrained()
    }
}
