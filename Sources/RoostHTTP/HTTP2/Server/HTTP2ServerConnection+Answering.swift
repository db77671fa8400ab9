import NIOCore
import NIOHPACK
import NIOHTTP2
import Roost

extension HTTP2ServerConnection: ExchangeCarrier {
    func answer(_ step: ResponseStep, to number: Int) -> ResponseProgress {
        if case .returned = step {
            running -= 1
            return .over
        }
        guard let stream = streams[number], !stream.isAnswered else { return .over }
        switch step {
        case .response(let response): return send(response, on: stream)
        case .piece(let piece): return send(piece, on: stream)
        case .end(let trailers): end(stream, trailers)
        case .failure(let error):
            if stream.exchange.plan == nil { return send(stream.exchange.response(to: error), on: stream) }
            // Part of the response was already sent. The client notices that it ends early.
            reset(number, .internalError)
        case .upgradeEnded, .returned: break
        }
        return .over
    }

    func awaitRoom(_ writer: WaitingWriters.Writer, for number: Int) {
        guard let stream = streams[number] else { return writer.resume(throwing: TransportError.connectionClosed) }
        stream.output.awaitRoom(writer)
    }

    /// Sends a response, or the head of one whose body is streamed.
    @discardableResult
    func send(_ response: Response, on stream: ServerStream) -> ResponseProgress {
        let exchange = stream.exchange
        guard exchange.plan == nil else { return .over }
        guard response.upgrade == nil else {
            return send(exchange.response(to: Problem(.notImplemented, "Only an HTTP/1.1 connection can be upgraded.")), on: stream)
        }
        guard (200..<1000).contains(response.status.code) else {
            return send(exchange.response(to: TransportError.invalid(response.status)), on: stream)
        }
        let plan = ResponsePlan(response, to: exchange.method, isOld: false, mayKeepAlive: true)
        exchange.plan = plan
        switch response.body {
        case .stream(_, let length) where plan.sendsBody:
            exchange.owed = length
            exchange.isLive = response.isLive
            writeHead(of: response, plan, stream, isLast: false)
            return .proceed
        case .bytes(let bytes) where plan.sendsBody && (!bytes.isEmpty || response.trailers != nil):
            writeHead(of: response, plan, stream, isLast: false)
            let trailers = response.trailers?() ?? [:]
            if !bytes.isEmpty { write(bytes, on: stream, isLast: trailers.fields.isEmpty) }
            if bytes.isEmpty || !trailers.fields.isEmpty { writeTrailers(trailers, on: stream) }
        case .bytes, .stream: writeHead(of: response, plan, stream, isLast: true)
        }
        finish(stream)
        return .over
    }

    private func writeHead(of response: Response, _ plan: ResponsePlan, _ stream: ServerStream, isLast: Bool) {
        let context = stream.exchange.context
        let (head, refused) = plan.fields(
            of: response, date: home.date, requestID: stream.exchange.carrier.traits.contains(.bareHead) ? nil : context.requestID)
        writer.write(.headers(.init(headers: head, endStream: isLast)), on: stream.exchange.number)
        guard !refused.isEmpty else { return }
        context.logger.warning(
            "A response had invalid header fields, which were left out or cleaned.",
            metadata: context.logMetadata(["fields": "\(refused)"]))
    }

    private func write(_ bytes: [UInt8], on stream: ServerStream, isLast: Bool) {
        stream.output.submit(bytes.count)
        unsent += bytes.count
        writer.writeData(bytes, isLast: isLast, on: stream.exchange.number)
    }

    private func writeTrailers(_ trailers: Headers, on stream: ServerStream) {
        let number = stream.exchange.number
        guard !trailers.fields.isEmpty else { return writer.writeData([], isLast: true, on: number) }
        var fields = HPACKHeaders()
        fields.add(trailers) { !FieldSyntax.isForbiddenTrailer($0) }
        writer.write(.headers(.init(headers: fields, endStream: true)), on: number)
    }

    private func send(_ piece: [UInt8], on stream: ServerStream) -> ResponseProgress {
        if let owed = stream.exchange.owed {
            guard piece.count <= owed else { return breakOff(stream) }
            stream.exchange.owed = owed - piece.count
        }
        write(piece, on: stream, isLast: false)
        return stream.output.hasRoom ? .proceed : .wait
    }

    private func end(_ stream: ServerStream, _ trailers: Headers) {
        if let owed = stream.exchange.owed, owed > 0 { return _ = breakOff(stream) }
        writeTrailers(trailers, on: stream)
        finish(stream)
    }

    /// Marks a response as complete. Flow control may still hold parts of it back.
    private func finish(_ stream: ServerStream) {
        stream.isAnswered = true
        stream.exchange.finish()
        settle()
    }

    /// Resets a stream whose response body does not have the announced length.
    private func breakOff(_ stream: ServerStream) -> ResponseProgress {
        reset(stream.exchange.number, .internalError)
        return .over
    }
}
