import NIOCore
import Roost

/// A connection of a client, which sends one request at a time and receives its response. It is used on its event loop only.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Answer = CheckedContinuation<Result<Response, TransportError>, Never>

    /// The request in progress.
    struct Exchange {
        let number: Int
        let hasDeadline: Bool
        /// Whether the request asks to switch protocols.
        var asksForUpgrade = false
        /// The caller that waits for the head of the response.
        var answer: Answer?
        var head: ResponseHead?
        var gathered = ByteBuffer()
        /// The pipe for the body, if it is streamed.
        var pipe: BodyPipe?
        var timer: Scheduled<Void>?
        var sending: Task<Void, Never>?
        var isSent = false
        var isAnswered = false
    }

    let address: HTTPAddress
    let loop: any EventLoop
    /// Returns whether a response with these fields continues until one side ends it.
    private let isEndless: @Sendable (Headers) -> Bool
    var exchange: Exchange?
    var context: ChannelHandlerContext?
    var writers = WaitingWriters()
    /// Called when the connection is free again, with whether it can be reused.
    var onFree: ((_ isReusable: Bool) -> Void)?
    /// Called when the connection has closed. It returns whether the connection was not in use.
    var onClose: (() -> Bool)?
    private var decoder = ResponseDecoder()
    private var isPumping = false
    private var isReadWanted = false
    /// The state of a switch to another protocol.
    private var upgrade = Upgrade.none

    enum Upgrade {
        case none
        /// The server has switched. Received bytes wait in the decoder until somebody takes over the connection.
        case ready
        /// Everything is passed on to the handler after this one.
        case done
    }

    init(address: HTTPAddress, loop: any EventLoop, isEndless: @escaping @Sendable (Headers) -> Bool) {
        self.isEndless = isEndless
        self.address = address
        self.loop = loop
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        writers.fail(TransportError.connectionClosed)
        if decoder.endsWithConnection, exchange != nil {
            end()
        } else {
            fail(.closed(exchange?.isAnswered == true ? .answered : .unanswered, address))
        }
        // If somebody has the connection but has not used it yet, they will find it closed, and free it then.
        if onClose?() == true { onFree = nil }
        onClose = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch upgrade {
        case .none: break
        case .ready: return decoder.receive(unwrapInboundIn(data))
        case .done: return context.fireChannelRead(data)
        }
        // Nothing was requested, so the next request must not take this for its response.
        guard exchange != nil else { return context.close(promise: nil) }
        exchange?.isAnswered = true
        decoder.receive(unwrapInboundIn(data))
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { writers.resume() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadWanted = true }
    }

    private var mayRead: Bool { upgrade != .ready && exchange?.pipe?.hasRoom ?? true }

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        do throws(WireFault) {
            while exchange != nil, mayRead, let event = try decoder.next() { take(event) }
        } catch {
            failAnswer(error.detail)
        }
        isPumping = false
        guard isReadWanted, mayRead else { return }
        isReadWanted = false
        context?.read()
    }

    private func take(_ event: ResponseDecoder.Event) {
        switch event {
        case .head(let head): takeHead(head)
        case .body(let piece):
            if let pipe = exchange?.pipe {
                pipe.push(Array(piece.readableBytesView))
            } else {
                exchange?.gathered.writeImmutableBuffer(piece)
            }
        case .end: end()
        }
    }

    private func takeHead(_ head: ResponseHead) {
        exchange?.head = head
        if exchange?.hasDeadline == false { exchange?.timer?.cancel() }
        if head.status == .switchingProtocols {
            guard exchange?.asksForUpgrade == true else { return failAnswer("it switches to a protocol that was not requested.") }
            return switchProtocols(head)
        }
        if isEndless(head.headers) { leavePool() }
        let length: Int?
        switch head.framing {
        case .none: return
        case .length(let known): length = known
        case .chunked, .untilClose: length = nil
        }
        if let length, length <= Self.gatheredSize { return }
        let pipe = openPipe()
        exchange?.pipe = pipe
        let body = Body.stream(IncomingBody(pipe), length: length)
        exchange?.answer.take()?.resume(returning: .success(Response(head.status, headers: head.headers, body: body)))
    }

    /// Leaves the connection to the caller that asked for the other protocol.
    private func switchProtocols(_ head: ResponseHead) {
        guard let switched = exchange.take() else { return }
        switched.timer?.cancel()
        upgrade = .ready
        switched.answer?.resume(returning: .success(Response(head.status, headers: head.headers)))
    }

    /// Lets a handler take over the connection.
    /// - Parameter add: Adds the handler after this one.
    func handOver<Result>(_ add: (ChannelPipeline.SynchronousOperations) throws -> Result) throws -> Result {
        guard let context, upgrade == .ready else { throw TransportError.connectionClosed }
        let result = try add(context.pipeline.syncOperations)
        upgrade = .done
        let early = decoder.takeRest()
        if early.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(early)) }
        if isReadWanted {
            isReadWanted = false
            context.pipeline.read()
        }
        return result
    }

    /// A response without an end may continue for hours, so its connection must not take one of the few places for which requests wait.
    private func leavePool() { onFree.take()?(false) }

    private func openPipe() -> BodyPipe {
        let this = NIOLoopBound(self, eventLoop: loop)
        let loop = loop
        let number = exchange?.number ?? 0
        return BodyPipe(
            onDemand: { if loop.inEventLoop { this.value.pump() } else { loop.execute { this.value.pump() } } },
            onCancel: { loop.execute { this.value.cancel(number) } })
    }

    /// Bodies with a known length up to this are returned at once.
    private static let gatheredSize = 64 << 10
}

extension ClientConnection {
    /// Starts an exchange.
    func begin(_ request: Request, number: Int, _ timing: ExchangeTiming, asksForUpgrade: Bool, answer: Answer) {
        guard let context else { return refuse(answer, .closed(.notSent, address)) }
        let plan = RequestPlan(request)
        var buffer = context.channel.allocator.buffer(capacity: 512)
        do throws(Problem) {
            try plan.writeHead(of: request, host: address.description, asksForUpgrade: asksForUpgrade, to: &buffer)
        } catch {
            return refuse(answer, TransportError(.answered, error))
        }
        decoder.method = request.method
        exchange = Exchange(number: number, hasDeadline: timing.deadline != nil, asksForUpgrade: asksForUpgrade, answer: answer)
        let left = max(.zero, ContinuousClock.now.duration(to: timing.headBy))
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        exchange?.timer = context.eventLoop.scheduleTask(in: TimeAmount(left)) { this.value.timeOut(number) }
        switch request.body {
        case .bytes(let bytes) where bytes.isEmpty: exchange?.isSent = true
        case .bytes(let bytes):
            buffer.writeBytes(bytes)
            return writeLast(buffer, number)
        case .stream:
            let sender = BodySender(body: request.body, framing: plan.framing, number: number, connection: this)
            exchange?.sending = Task { await sender.run() }
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Frees the connection of a caller that was cancelled before its exchange began.
    func giveUp(_ answer: Answer) {
        free(isReusable: context != nil)
        answer.resume(returning: .failure(TransportError(.notSent, CancellationError())))
    }

    /// Cancels an exchange whose caller is gone or does not want the rest.
    func cancel(_ number: Int) {
        guard exchange?.number == number else { return }
        fail(TransportError(.answered, CancellationError()))
    }

    private func timeOut(_ number: Int) {
        guard exchange?.number == number else { return }
        fail(TransportError(.answered, Problem(.gatewayTimeout, "\(address) did not answer in time.")))
    }

    private func refuse(_ answer: Answer, _ failure: TransportError) {
        free(isReusable: failure.progress == .answered)
        answer.resume(returning: .failure(failure))
    }

    /// Ends an exchange whose response is complete.
    private func end() {
        guard let ended = exchange.take(), let head = ended.head else { return }
        ended.timer?.cancel()
        ended.sending?.cancel()
        let isReusable = head.keepsAlive && ended.isSent && decoder.waiting == 0 && context != nil
        free(isReusable: isReusable)
        ended.pipe?.finish()
        let body = Body.bytes(Array(ended.gathered.readableBytesView))
        ended.answer?.resume(returning: .success(Response(head.status, headers: head.headers, body: body)))
    }

    /// Fails an exchange whose response is invalid, so that what follows it cannot be interpreted.
    private func failAnswer(_ detail: String) {
        fail(TransportError(.answered, Problem(.badGateway, "\(address) sent an invalid HTTP response: \(detail)")))
    }

    func fail(_ failure: TransportError) {
        guard let failed = exchange.take() else { return }
        failed.timer?.cancel()
        failed.sending?.cancel()
        free(isReusable: false)
        failed.answer?.resume(returning: .failure(failure))
        failed.pipe?.finish(.failure(failure.thrown))
    }

    /// Frees the connection. This comes before the caller learns that the exchange has ended, so that its next request finds the connection
    /// free.
    private func free(isReusable: Bool) {
        if isReusable, let onFree { return onFree(true) }
        context?.close(promise: nil)
        onFree.take()?(false)
    }
}
