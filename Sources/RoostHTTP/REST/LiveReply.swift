import Roost

/// A stream over HTTP: a WebSocket or Server-Sent Events, as the client prefers.
extension IncomingCall {
    /// - Parameter errors: The shape of the error that ends a stream.
    func live<Element: Schema>(
        _ stream: MessageStream<Element>, errors: any ErrorDocument.Type = ProblemDocument.self
    ) -> Response {
        if request.asksForWebSocket { return webSocket(stream) }
        if acceptsEvents { return events(stream, errors) }
        let problem = Problem(
            .upgradeRequired, "Ask for a WebSocket, or accept \(ServerSentEvents.mediaType).", headers: ["upgrade": "websocket"])
        return problem.response(instance: request.path, requestID: RequestContext.currentOrNew.requestID, as: errors)
    }

    private var acceptsEvents: Bool {
        request.headers.values("accept").flatMap { $0.split(separator: ",") }.contains {
            let parts = $0.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            return parts.first == ServerSentEvents.mediaType && !parts.dropFirst().contains(where: Self.isNever)
        }
    }

    /// Returns whether a parameter of `accept` excludes the type: a weight of zero (RFC 9110 §12.4.2).
    private static func isNever(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=0") && parameter.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" }
    }

    private func webSocket<Element: Schema>(_ stream: MessageStream<Element>) -> Response {
        let offered = request.offeredSubprotocols
        let subprotocol = offered.contains(Request.liveSubprotocol) ? Request.liveSubprotocol : nil
        let exchange = WebSocketCall(stream: stream, input: input, operation: route.operation, context: .currentOrNew)
        var response = Response(.switchingProtocols)
        response.upgrade = .webSocket(subprotocol: subprotocol) { try await exchange.run(over: $0) }
        return response
    }

    private func events<Element: Schema>(_ stream: MessageStream<Element>, _ errors: any ErrorDocument.Type) -> Response {
        let context = RequestContext.currentOrNew
        let path = request.path
        let seen = stream.isReplaying ? request.headers["last-event-id"].flatMap { Int($0) } ?? 0 : 0
        let operation = route.operation
        let events = ServerSentEvents.events(of: stream, after: seen) { error in
            Problem(telling: error, of: operation, in: context).document(
                instance: path, requestID: context.requestID, as: errors)
        }
        let pieces = events.filled(with: ServerSentEvents.comment, every: ServerSentEvents.heartbeat)
        // A proxy that buffers the response would delay the events.
        let headers: Headers = ["content-type": ServerSentEvents.mediaType, "cache-control": "no-store", "x-accel-buffering": "no"]
        var response = Response(headers: headers, body: .stream(pieces, length: nil))
        response.isLive = true
        return response
    }
}
