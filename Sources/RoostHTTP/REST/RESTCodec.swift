import Roost

/// How REST writes a call: parameters in the path, the query and header fields, values as JSON (RFC 8259), streams as lines of JSON,
/// Server-Sent Events or a WebSocket.
public struct RESTCodec: CallCodec {
    public let name = "rest"
    /// The shape of errors.
    let errors: any ErrorDocument.Type

    /// Creates a codec.
    /// - Parameter errors: The shape of errors.
    public init(errors: any ErrorDocument.Type = ProblemDocument.self) { self.errors = errors }
}

extension RESTCodec {
    public func endpoint(for request: inout Request, in router: Router) -> Endpoint? {
        guard case .found(let endpoint, let parameters) = router.match(request.method, request.path) else { return nil }
        request.parameters = parameters
        return endpoint
    }

    /// 404, or 405 with `Allow`. `OPTIONS` is answered for every path, and for `*` (RFC 9110 §9.3.7).
    public func answer(unknown request: Request, in router: Router) throws(Problem) -> Response {
        if case .methodNotAllowed(let methods) = router.match(request.method, request.path) {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            if request.method == .options { return Response(.noContent, headers: ["allow": allowed + ", OPTIONS"]) }
            throw Problem(.methodNotAllowed, "\(request.path) takes \(allowed).", headers: ["allow": allowed])
        }
        if request.method == .options, request.path == "*" { return Response(.noContent) }
        throw Problem(.notFound, "Nothing is at \(request.path).")
    }
}

extension RESTCodec {
    public func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText {
        switch location {
        case .path: call.request.parameter(name).map { .text($0) } ?? .absent
        case .query: call.request.queryText(name)
        case .header(let field): call.request.headers.combined(field).map(ParameterText.init) ?? .absent
        }
    }

    public func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value {
        let request = call.request
        try request.requireJSON()
        try request.requirePlainBody()
        return try JSON.decode(Value.self, from: try await request.body.collect(upTo: call.route.bodyLimit))
    }

    public func rawBody(of call: borrowing IncomingCall) async throws -> RawBody {
        let request = call.request
        try request.requirePlainBody()
        let bytes = try await request.body.collect(upTo: call.route.bodyLimit)
        return RawBody(bytes: bytes, contentType: request.headers["content-type"] ?? RawBody.unknownType)
    }

    public func stream<Element: Schema>(of call: inout IncomingCall, as type: Element.Type) throws -> MessageStream<Element> {
        let request = call.request
        if request.asksForWebSocket { return call.openInbox().values() }
        guard request.headers["content-type"]?.hasPrefix(JSONLines.mediaType) == true else {
            throw Problem(.unsupportedMediaType, "Send the body as lines of JSON, \(JSONLines.mediaType).")
        }
        try request.requirePlainBody()
        return JSONLines.values(of: request.body, limit: call.route.bodyLimit, as: Element.self)
    }
}

extension RESTCodec {
    public func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response {
        var response = Response.json(value, status: call.route.status)
        if let location { response.headers.add("location", location) }
        return response
    }

    public func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response {
        (copy call).live(stream, errors: errors)
    }

    public func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response {
        let status = call.route.status
        return switch reply {
        case .nothing: Response(status == .ok ? .noContent : status)
        case .text(let text): .text(text, status: status)
        case .made(let response): response
        }
    }

    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        problem.response(instance: path, requestID: context.requestID, as: errors)
    }
}

extension RESTCodec {
    public func arguments(of route: Route) -> any ArgumentWriter { RESTArguments(route) }

    public func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try JSON.decode(Value.self, from: bytes)
    }

    public func text(from bytes: [UInt8]) throws(DecodingFailure) -> String { String(decoding: bytes, as: UTF8.self) }

    public func problem(in response: Response, _ bytes: [UInt8]) -> Problem { Problem(response: response, bytes: bytes, as: errors) }

    public func values<Element: Schema>(_ type: Element.Type, in response: Response) -> MessageStream<Element>? {
        guard case .stream(let pieces, _) = response.body else { return nil }
        return ServerSentEvents.values(of: MessageStream(pieces), errors: errors)
    }
}

extension Request {
    /// - Throws: a `Problem` with status 415 where the body is of another type than JSON.
    fileprivate func requireJSON() throws(Problem) {
        guard let type = headers["content-type"] else {
            if body.length == 0 { return }
            throw Problem(.unsupportedMediaType, "Send the body as application/json.")
        }
        if type == "application/json" { return }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard essence == "application/json" || essence.hasSuffix("+json") else {
            throw Problem(.unsupportedMediaType, "Send the body as application/json, not as \(essence).")
        }
    }
}

extension IncomingCall {
    /// What the client sends over a WebSocket, where the function takes it.
    var inbox: LiveInbox? { state as? LiveInbox }

    /// What the client will send over the WebSocket that it asks for.
    mutating func openInbox() -> LiveInbox {
        let inbox = LiveInbox(limit: route.bodyLimit)
        state = inbox
        return inbox
    }
}

extension Router {
    /// The router as a responder, by REST where a request does not say otherwise: 404 and 405 are problems, the latter with `Allow`.
    public var responder: Responder { responder(through: []) }

    /// The router as a responder, through middleware that may know the route.
    /// - Parameter middleware: outermost first.
    public func responder(through middleware: [any Middleware]) -> Responder { responder(through: middleware, fallback: RESTCodec()) }
}
