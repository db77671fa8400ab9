import NIOCore
import Roost

/// Receiving requests: their heads, and their bodies, which are gathered or read as they arrive.
extension ServerConnection {
    /// Processes a part of a request.
    func take(_ event: RequestDecoder.Event) {
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

    /// Ends a body that cannot be received, with the reason for its reader.
    private func breakBody(_ error: any Error) {
        isBroken = true
        exchange?.pipe?.finish(.failure(error))
    }

    /// Responds to an invalid request, or ends the body that is being received.
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
