import NIOCore
import Roost

extension ServerConnection {
    /// Makes the connection what the response says, and has that run until its end.
    static func upgrade(_ response: Response, _ number: Int, by this: NIOLoopBound<ServerConnection>) async throws {
        guard let run = try this.value.upgrade(response, to: number) else { return }
        // What it holds closes the connection when it goes, which must not come before the end that it deserves.
        defer { withExtendedLifetime(run) {} }
        do {
            try await run()
            this.value.endUpgrade(.success(()))
        } catch {
            this.value.endUpgrade(.failure(error))
        }
    }

    /// Answers with 101 and hands the connection on.
    /// - Returns: what is to be run then; `nil` where nobody waits for the answer.
    /// - Throws: a `Problem` where what the client asks for cannot be; it is then still to be answered.
    private func upgrade(_ response: Response, to number: Int) throws -> (@Sendable () async throws -> Void)? {
        guard let exchange, exchange.number == number, exchange.plan == nil, let context, let upgrade = response.upgrade else { return nil }
        guard !home.isStopping else { throw Problem.unavailable("The server is stopping.") }
        guard let handshake = exchange.handshake, isBodyComplete else {
            throw Problem(.upgradeRequired, "This is no request for another protocol.", headers: ["upgrade": "websocket"])
        }
        let pipeline = context.pipeline.syncOperations
        switch upgrade {
        case .webSocket(let subprotocol, let run):
            let answer = try handshake.answer(subprotocol: subprotocol)
            let socket = WebSocketHandler(isServer: true, deflate: handshake.deflate, limits: home.limits.webSocket)
            switchProtocols(response.headers.fields + answer.fields, exchange.context)
            try pipeline.addWebSocket(socket, after: self)
            become(socket)
            let connection = WebSocketConnection(context.channel, socket, subprotocol: subprotocol)
            return { try await run(connection) }
        case .tunnel(let run):
            let handler = ByteStreamHandler()
            switchProtocols(response.headers.fields, exchange.context)
            try pipeline.addHandler(handler, position: .after(self))
            become(handler)
            let channel = UpgradedChannel(context.channel, handler)
            return { try await run(channel) }
        }
    }

    /// Sends the head of a 101 (RFC 9110 §15.2.2).
    private func switchProtocols(_ fields: [(name: String, value: String)], _ context: RequestContext) {
        beginOutbound()
        outbound.writeStaticString("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n")
        for (name, value) in fields where !["connection", "x-request-id"].contains(name.lowercased()) { outbound.writeField(name, value) }
        outbound.writeField("x-request-id", context.requestID)
        outbound.writeStaticString("\r\n")
        flush()
    }

    /// From now on the connection's bytes are the successor's, beginning with those that came early.
    private func become(_ successor: any Successor) {
        phase = .upgraded(successor)
        exchange?.deadline?.cancel()
        let early = decoder.takeRest()
        if early.readableBytes > 0 { context?.fireChannelRead(wrapInboundOut(early)) }
    }

    private func endUpgrade(_ result: Result<Void, any Error>) {
        guard case .upgraded(let successor) = phase, let exchange else { return }
        if case .failure(let error) = result, !(error is ConnectionClosed || error is CancellationError || error is WebSocketClosure) {
            exchange.context.logger.error(
                "What a connection was upgraded to failed.",
                metadata: [
                    "request-id": "\(exchange.context.requestID)", "request": "\(exchange.method) \(exchange.path)",
                    "error": "\(String(reflecting: error))",
                ])
        }
        successor.end(result)
    }
}
