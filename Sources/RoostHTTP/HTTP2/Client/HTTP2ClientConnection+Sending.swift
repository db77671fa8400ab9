import NIOCore
import NIOHPACK
import NIOHTTP2
import Roost

extension HTTP2ClientConnection {
    /// Starts a call, or queues it until one of those in progress has ended.
    func begin(_ request: Request, _ call: HTTP2Call, _ deadline: ContinuousClock.Instant?, _ answer: ClientStream.Answer) {
        if isFull, waiting.count < Self.longestQueue, !call.isCancelled.load(ordering: .relaxed) {
            return enqueue(request, call, deadline, answer)
        }
        do throws(TransportError) {
            let number = try nextNumber(for: call)
            let head = try HPACKHeaders(request, to: address, isSecured: configuration.security != nil)
            let stream = ClientStream(number, call, received: writer.edge.received, answer)
            streams[number] = stream
            lastStream = number
            startTimer(of: stream, deadline)
            send(request.body, head, on: stream)
        } catch {
            load.active.subtract(1, ordering: .relaxed)
            answer.resume(returning: .failure(error))
        }
    }

    /// The largest number of calls that wait because the server's limit is reached.
    private static let longestQueue = 1024

    private var isFull: Bool { !isDraining && writer.isOpen && streams.count >= load.limit.load(ordering: .relaxed) }

    private func enqueue(_ request: Request, _ call: HTTP2Call, _ deadline: ContinuousClock.Instant?, _ answer: ClientStream.Answer) {
        let waiter = WaitingCall(request: request, call: call, deadline: deadline, answer: answer)
        waiting.append(waiter)
        guard let deadline else { return }
        let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
        let this = NIOLoopBound((self, waiter), eventLoop: loop)
        waiter.timer = loop.scheduleTask(in: left) {
            let (connection, waiter) = this.value
            connection.dismiss(waiter, Problem(.gatewayTimeout, "\(connection.address) did not accept the request in time."))
        }
    }

    /// Starts waiting calls while there is room, or fails them if the connection is closing.
    func beginWaiting() {
        while let next = waiting.first {
            guard isDraining || !writer.isOpen || !isFull else { return }
            waiting.removeFirst()
            next.timer?.cancel()
            begin(next.request, next.call, next.deadline, next.answer)
        }
    }

    fileprivate func dismiss(_ waiter: WaitingCall, _ cause: any Error) {
        guard let index = waiting.firstIndex(where: { $0 === waiter }) else { return }
        waiting.remove(at: index)
        waiter.timer?.cancel()
        load.active.subtract(1, ordering: .relaxed)
        waiter.answer.resume(returning: .failure(TransportError(.answered, cause)))
    }

    private func nextNumber(for call: HTTP2Call) throws(TransportError) -> Int {
        guard !call.isCancelled.load(ordering: .relaxed) else { throw TransportError(.notSent, CancellationError()) }
        guard !isDraining, writer.isOpen else {
            throw TransportError(.notSent, Problem.unavailable("\(address) is closing the connection."))
        }
        guard streams.count < load.limit.load(ordering: .relaxed) else {
            throw TransportError(.notSent, Problem.unavailable("\(address) accepts no more requests on this connection."))
        }
        // Stream identifiers are exhausted after a billion calls. The connection is then replaced by a new one (RFC 9113 §5.1.1).
        if lastStream + 2 >= Int(Int32.max) - 2 { drain() }
        return lastStream + 2
    }

    private func send(_ body: Body, _ head: HPACKHeaders, on stream: ClientStream) {
        let number = stream.number
        switch body {
        case .bytes(let bytes):
            writer.write(.headers(.init(headers: head, endStream: bytes.isEmpty)), on: number)
            if bytes.isEmpty { return settle() }
            stream.output.submit(bytes.count)
            writer.writeData(bytes, isLast: true, on: number)
        case .stream(_, let length):
            writer.write(.headers(.init(headers: head, endStream: false)), on: number)
            stream.owed = length
            startSending(body, on: stream)
        }
    }

    private func startSending(_ body: Body, on stream: ClientStream) {
        let this = NIOLoopBound(self, eventLoop: loop)
        let number = stream.number
        stream.sending = Task(executorPreference: executor) { await HTTP2ClientConnection.sendPieces(of: body, on: number, by: this) }
    }

    private static func sendPieces(of body: Body, on number: Int, by this: NIOLoopBound<HTTP2ClientConnection>) async {
        guard case .stream(let pieces, _) = body else { return }
        do {
            for try await piece in pieces where !piece.isEmpty {
                guard try this.value.send(piece, on: number) else { continue }
                try await withCheckedThrowingContinuation { this.value.awaitRoom($0, on: number) }
            }
            try this.value.endBody(on: number)
        } catch {
            this.value.failSending(error, on: number)
        }
    }

    /// - Returns: Whether the next piece has to wait.
    private func send(_ piece: [UInt8], on number: Int) throws -> Bool {
        guard let stream = streams[number] else { throw TransportError.connectionClosed }
        if let owed = stream.owed {
            guard piece.count <= owed else { throw TransportError.wrongLength }
            stream.owed = owed - piece.count
        }
        stream.output.submit(piece.count)
        writer.writeData(piece, isLast: false, on: number)
        return !stream.output.hasRoom
    }

    private func awaitRoom(_ writer: WaitingWriters.Writer, on number: Int) {
        guard let stream = streams[number] else { return writer.resume(throwing: TransportError.connectionClosed) }
        stream.output.awaitRoom(writer)
    }

    private func endBody(on number: Int) throws {
        guard let stream = streams[number] else { return }
        guard stream.owed ?? 0 == 0 else { throw TransportError.wrongLength }
        writer.writeData([], isLast: true, on: number)
    }

    private func failSending(_ error: any Error, on number: Int) {
        guard let stream = streams[number], !error.isConnectionClosed else { return }
        abandon(stream, TransportError(.answered, error))
    }

    private func startTimer(of stream: ClientStream, _ deadline: ContinuousClock.Instant?) {
        guard let deadline else { return }
        let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
        let this = NIOLoopBound((self, stream), eventLoop: loop)
        stream.timer = loop.scheduleTask(in: left) {
            let (connection, stream) = this.value
            let problem = Problem(.gatewayTimeout, "\(connection.address) did not answer in time.")
            connection.abandon(stream, TransportError(.answered, problem, isCalleesFault: connection.wasSilent(since: stream.began)))
        }
    }

    private func wasSilent(since began: (at: NIODeadline, received: Int)) -> Bool {
        writer.edge.received == began.received && .now() - began.at >= TimeAmount(configuration.silence)
    }
}

extension HTTP2ClientConnection {
    /// Cancels a call, because its caller was cancelled or does not read the rest of the response.
    func cancel(_ call: HTTP2Call) {
        if let waiter = waiting.first(where: { $0.call === call }) { return dismiss(waiter, CancellationError()) }
        guard let stream = streams.values.first(where: { $0.call === call }) else { return }
        abandon(stream, TransportError(.answered, CancellationError()))
    }

    /// Ends a stream and tells the server.
    func abandon(_ stream: ClientStream, _ failure: TransportError) {
        guard streams[stream.number] === stream else { return }
        writer.reset(stream.number, .cancel)
        remove(stream.number)
        stream.fail(failure)
    }

    @discardableResult
    func remove(_ number: Int) -> ClientStream? {
        guard let stream = streams.removeValue(forKey: number) else { return nil }
        load.active.subtract(1, ordering: .relaxed)
        stream.finish()
        if isDraining, streams.isEmpty { writer.closeOutput() }
        beginWaiting()
        return stream
    }

    func failAll() {
        for stream in streams.values {
            remove(stream.number)
            let failure = TransportError.closed(stream.head == nil ? .unanswered : .answered, address, by: fault)
            stream.fail(failure)
        }
    }

    /// Fails the streams that the frame handler has reset because the server violated the protocol.
    func settle() {
        while let (number, ending) = writer.nextEnding() {
            guard ending == .reset, let stream = remove(number) else { continue }
            stream.fail(TransportError(.answered, Problem(.badGateway, "\(address) violated the HTTP/2 protocol.")))
        }
    }

    /// Accepts no new calls, and closes the connection when those in progress have ended.
    func drain() {
        stopTaking()
        if streams.isEmpty { writer.closeOutput() }
    }

    func close() {
        stopTaking()
        writer.context?.close(promise: nil)
    }
}

extension HPACKHeaders {
    /// Creates the head of a request (RFC 9113 §8.3.1).
    fileprivate init(_ request: Request, to address: HTTPAddress, isSecured: Bool) throws(TransportError) {
        let target = request.target
        guard FieldSyntax.isToken(request.method.rawValue.utf8), target.utf8.allSatisfy(RequestHead.isTargetCharacter),
            target.utf8.first == UInt8(ascii: "/") || target == "*"
        else { throw TransportError(.answered, Problem(.badRequest, "The method or the path of the request is invalid.")) }
        self.init()
        reserveCapacity(request.headers.fields.count + 6)
        add(name: ":method", value: request.method.rawValue)
        add(name: ":scheme", value: isSecured ? "https" : "http")
        add(name: ":path", value: target)
        add(name: ":authority", value: request.headers["host"] ?? address.description)
        add(request.headers) { !FieldSyntax.equals($0, "content-length") && !FieldSyntax.equals($0, "expect") }
        if let length = request.body.length, length > 0 || [.post, .put, .patch].contains(request.method) {
            add(name: "content-length", value: String(length), indexing: .nonIndexable)
        }
    }
}
