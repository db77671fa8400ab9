import NIOCore
import Roost

extension ServerConnection {
    /// Switches protocols with 101, or sends a response that says why not.
    func upgrade(to upgrade: Upgrade, with response: Response, in exchange: Exchange) -> ResponseProgress {
        do {
            guard !home.isStopping else { throw Problem.unavailable("The server is stopping.") }
            guard let handshake = exchange.handshake, isBodyComplete, let context else {
                throw Problem(.upgradeRequired, "This resource requires a protocol upgrade.", headers: ["upgrade": "websocket"])
            }
            return .upgraded(run: try add(upgrade, response.headers, handshake, context))
        } catch {
            return send(exchange.response(to: error), in: exchange)
        }
    }

    private func add(
        _ upgrade: Upgrade, _ headers: Headers, _ handshake: WebSocketHandshake, _ context: ChannelHandlerContext
    ) throws -> @Sendable () async throws -> Void {
        let pipeline = context.pipeline.syncOperations
        switch upgrade {
        case .webSocket(let subprotocol, let run):
            let answer = try handshake.answer(subprotocol: subprotocol, on: context.channel)
            let socket = WebSocketHandler(isServer: true, deflate: handshake.deflate, limits: home.limits.webSocket)
            switchProtocols(headers.fields + answer.fields)
            try pipeline.addWebSocket(socket, after: self)
            become(socket)
            let connection = WebSocketConnection(context.channel, socket, subprotocol: subprotocol)
            return { try await run(connection) }
        case .tunnel(let run):
            let handler = ByteStreamHandler()
            switchProtocols(headers.fields)
            try pipeline.addHandler(handler, position: .after(self))
            become(handler)
            let channel = UpgradedChannel(context.channel, handler)
            return { try await run(channel) }
        }
    }

    /// Sends the head of a 101 (RFC 9110 §15.2.2).
    private func switchProtocols(_ fields: [(name: String, value: String)]) {
        beginOutbound()
        outbound.writeStaticString("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n")
        for (name, value) in fields where !["connection", "x-request-id"].contains(name.lowercased()) { outbound.writeField(name, value) }
        if let exchange { outbound.writeField("x-request-id", exchange.context.requestID) }
        outbound.writeStaticString("\r\n")
        flush()
    }

    /// Passes all further bytes to the new protocol's handler, beginning with those that have already been received.
    private func become(_ handler: any UpgradedHandler) {
        phase = .upgraded(handler)
        exchange?.deadline?.cancel()
        let early = decoder.takeRest()
        if early.readableBytes > 0 { context?.fireChannelRead(wrapInboundOut(early)) }
        resumeReading()
    }

    /// Whether an error says no more than that the connection is over.
    private static func isEnd(_ error: any Error) -> Bool {
        error is CancellationError || (error as? TransportError).map { [.connectionClosed, .webSocketClosed].contains($0.code) } ?? false
    }

    /// Ends the connection after the code that used the new protocol has returned.
    func endUpgrade(_ result: Result<Void, any Error>, in exchange: Exchange) {
        guard case .upgraded(let handler) = phase else { return }
        if case .failure(let error) = result, !Self.isEnd(error) {
            exchange.context.logger.error(
                "The handler of an upgraded connection failed.",
                metadata: exchange.context.logMetadata([
                    "request": "\(exchange.method) \(exchange.path)", "error": "\(String(reflecting: error))",
                ]))
        }
        handler.end(result)
    }
}
