import NIOCore
import Roost

extension ServerConnection: ExchangeCarrier {
    func answer(_ step: ResponseStep, to number: Int) -> ResponseProgress {
        guard let exchange, exchange.number == number else { return .over }
        switch step {
        case .response(let response):
            return response.upgrade.map { upgrade(to: $0, with: response, in: exchange) } ?? send(response, in: exchange)
        case .piece(let piece): return send(piece, in: exchange)
        case .end(let trailers): endStream(exchange, trailers)
        case .failure(let error):
            if exchange.plan == nil { return send(exchange.response(to: error), in: exchange) }
            cutOff()
        case .upgradeEnded(let result): endUpgrade(result, in: exchange)
        case .returned: break
        }
        return .over
    }

    func awaitRoom(_ writer: WaitingWriters.Writer, for number: Int) {
        if context == nil { return writer.resume(throwing: TransportError.connectionClosed) }
        if isWritable { writer.resume() } else { writers.add(writer) }
    }

    /// Sends a response, or its head if the body is streamed.
    @discardableResult
    func send(_ response: Response, in exchange: Exchange) -> ResponseProgress {
        guard exchange.plan == nil else { return .over }
        guard (200..<1000).contains(response.status.code) else {
            return send(exchange.response(to: TransportError.invalid(response.status)), in: exchange)
        }
        // A client that still waits for an interim response would not know whether its body is wanted.
        let mayKeepAlive = keepsAlive && !exchange.awaitsContinue && !isBroken && !exchange.isOverdue && !home.isStopping
        let plan = ResponsePlan(response, to: exchange.method, isOld: exchange.isOld, mayKeepAlive: mayKeepAlive)
        exchange.plan = plan
        keepsAlive = plan.keepsAlive
        writeHead(of: response, plan, exchange.context)
        guard plan.sendsBody else {
            finish()
            return .over
        }
        switch response.body {
        case .bytes(let bytes):
            outbound.writeBytes(bytes)
            finish()
            return .over
        case .stream(_, let length):
            exchange.owed = length
            exchange.isLive = response.isLive
            flush()
            return .proceed
        }
    }

    /// Responds to an invalid request, and ends the connection.
    func refuse(_ problem: Problem) {
        keepsAlive = false
        let context = RequestContext(logger: home.logger)
        let response = problem.response(instance: "", requestID: context.requestID, as: home.errors)
        let plan = ResponsePlan(response, to: .get, isOld: false, mayKeepAlive: false)
        writeHead(of: response, plan, context)
        if case .bytes(let bytes) = response.body { outbound.writeBytes(bytes) }
        endConnection(lingering: true)
        flush()
    }

    private func writeHead(of response: Response, _ plan: ResponsePlan, _ context: RequestContext) {
        beginOutbound()
        let refused = plan.writeHead(of: response, to: &outbound, date: home.dateLine, requestID: context.requestID)
        guard !refused.isEmpty else { return }
        context.logger.warning(
            "A response had header fields that HTTP forbids; they were left out or cleaned.",
            metadata: context.logMetadata(["fields": "\(refused)"]))
    }

    private var isWritable: Bool { context?.channel.isWritable ?? true }

    private func send(_ piece: [UInt8], in exchange: Exchange) -> ResponseProgress {
        guard let plan = exchange.plan else { return .over }
        beginOutbound()
        if plan.framing == .chunked { outbound.writeChunk(piece) } else { outbound.writeBytes(piece) }
        if let owed = exchange.owed {
            guard piece.count <= owed else {
                cutOff()
                return .over
            }
            exchange.owed = owed - piece.count
        }
        flush()
        return isWritable ? .proceed : .wait
    }

    func endStream(_ exchange: Exchange, _ trailers: Headers) {
        guard let plan = exchange.plan else { return }
        // Less than was announced: only the end of the connection can tell the client.
        if let owed = exchange.owed, owed > 0 { return cutOff() }
        if plan.framing == .chunked {
            beginOutbound()
            outbound.writeLastChunk(trailers)
        }
        finish()
    }

    /// Ends a complete response.
    private func finish() {
        exchange?.finish()
        exchange = nil
        if !keepsAlive || isBroken {
            endConnection(lingering: hasUnread)
        } else if isBodyComplete {
            becomeIdle()
        } else {
            phase = .draining(left: home.limits.drainedSize)
        }
        // While events are processed, the response waits for those of the requests that arrived with its own.
        if !isPumping { pump() }
    }

    /// Aborts a response that was partly sent. The client notices that it ends too early.
    func cutOff() {
        exchange?.finish()
        exchange = nil
        endConnection(lingering: false)
        flush()
    }

    func becomeIdle() {
        phase = .waiting
        if home.isStopping { endConnection(lingering: false) }
    }

    /// Closes the connection once everything was sent.
    func endConnection(lingering: Bool) {
        phase = lingering ? .lingering : .closed
        closing = (true, lingering)
    }

    func close() {
        phase = .closed
        context?.close(promise: nil)
    }

    /// The number of bytes that were written but not sent.
    var unsent: Int { isOutboundSent ? 0 : outbound.readableBytes }

    /// Prepares `outbound` for writing. Its storage is reused once the channel has released it.
    func beginOutbound() {
        guard isOutboundSent else { return }
        isOutboundSent = false
        outbound.clear()
    }

    /// Sends what was written.
    func flush() {
        guard let context else { return }
        var ended: EventLoopPromise<Void>?
        if closing.isWanted {
            closing.isWanted = false
            ended = context.eventLoop.makePromise()
            closeAfter(ended?.futureResult, lingering: closing.lingers)
        }
        if unsent == 0 {
            // There is nothing to send, but earlier bytes may still be in transit.
            if let ended { context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: ended) }
            return
        }
        let bytes = outbound
        submitted += bytes.readableBytes
        // The storage of a large response is released, because connections stay open for long.
        if bytes.capacity > Self.keptCapacity { outbound = ByteBuffer() } else { isOutboundSent = true }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: ended)
    }

    private func closeAfter(_ written: EventLoopFuture<Void>?, lingering: Bool) {
        guard let context else { return }
        let this = NIOLoopBound(context, eventLoop: context.eventLoop)
        written?.whenComplete { _ in this.value.close(mode: lingering ? .output : .all, promise: nil) }
    }

    private static let keptCapacity = 64 << 10
}
