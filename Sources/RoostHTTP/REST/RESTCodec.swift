import Roost

/// The codec of REST: parameters in the path, the query and header fields; values as JSON (RFC 8259); streams as lines of JSON, Server-Sent
/// Events or a WebSocket.
public struct RESTCodec: CallCodec {
    /// The name of the codec: `rest`.
    public var name: String { "rest" }
    /// The shape of errors.
    let errors: any ErrorDocument.Type

    /// Creates a codec.
    /// - Parameter errors: The shape of errors.
    public init(errors: any ErrorDocument.Type = ProblemDocument.self) { self.errors = errors }
}

extension RESTCodec {
    /// Finds the endpoint by method and path, and notes the path's parameters in the request.
    public func endpoint(for request: inout Request, in router: Router) -> Endpoint? {
        guard case .found(let endpoint, let parameters) = router.match(request.method, request.path) else { return nil }
        request.parameters = parameters
        return endpoint
    }

    /// Replies with 404, or with 405 and `Allow`. `OPTIONS` is answered for every path, and for `*` (RFC 9110 §9.3.7).
    public func answer(unknown request: Request, in router: Router) throws(Problem) -> Response {
        if case .methodNotAllowed(let methods) = router.match(request.method, request.path) {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            if request.method == .options { return Response(.noContent, headers: ["allow": allowed + ", OPTIONS"]) }
            throw Problem(.methodNotAllowed, "\(request.path) takes \(allowed).", headers: ["allow": allowed])
        }
        if request.method == .options, request.path == "*" { return Response(.noContent) }
        throw Problem(.notFound, "There is nothing at \(request.path).")
    }
}

extension RESTCodec {
    /// Returns a parameter from the path, the query or a header field.
    public func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText {
        switch location {
        case .path: call.request.parameter(name).map { .text($0) } ?? .absent
        case .query: call.request.queryText(name)
        case .header(let field): call.request.headers.combined(field).map(ParameterText.init) ?? .absent
        }
    }

    /// Returns the values of a query parameter that is given several times.
    public func list(_ name: String, of call: borrowing IncomingCall) -> [ParameterText] { call.request.queryTexts(name) }

    /// Reads the body as JSON, and validates it.
    /// - Throws: A `Problem` with status 415 if the content type is not JSON, or 413 if the body is too large; a `DecodingFailure`.
    public func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value {
        let request = call.request
        try request.requireJSON()
        try request.requirePlainBody()
        let limit = call.route.bodyLimit
        if case .bytes(let bytes) = request.body, bytes.count <= limit { return try JSON.decode(Value.self, from: bytes) }
        return try JSON.decode(Value.self, from: try await request.body.collect(upTo: limit))
    }

    /// Reads the body as it is.
    /// - Throws: A `Problem` with status 413 if the body is too large.
    public func rawBody(of call: borrowing IncomingCall) async throws -> RawBody {
        let request = call.request
        try request.requirePlainBody()
        let bytes = try await request.body.collect(upTo: call.route.bodyLimit)
        return RawBody(bytes: bytes, contentType: request.headers["content-type"] ?? RawBody.unknownType)
    }

    /// Returns the values of lines of JSON, or of a WebSocket's messages, as they arrive.
    public func stream<Element: Schema>(of call: inout IncomingCall, as type: Element.Type) throws -> MessageStream<Element> {
        let request = call.request
        if request.asksForWebSocket { return call.openInput().values() }
        guard request.headers["content-type"]?.hasPrefix(JSONLines.mediaType) == true else {
            throw Problem(.unsupportedMediaType, "Send the body as lines of JSON, \(JSONLines.mediaType).")
        }
        try request.requirePlainBody()
        return JSONLines.values(of: request.body, limit: call.route.bodyLimit, as: Element.self)
    }
}

extension RESTCodec {
    /// Returns a response with the value as JSON.
    public func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response {
        var response = Response.json(value, status: call.route.status)
        if let location { response.headers.add("location", location) }
        return response
    }

    /// Returns a response that streams the values in the form that the request asks for.
    public func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response {
        (copy call).live(stream, errors: errors)
    }

    /// Returns a response without content, with plain text, or the handler's own.
    public func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response {
        let status = call.route.status
        return switch reply {
        case .nothing: Response(status == .ok ? .noContent : status)
        case .text(let text): .text(text, status: status)
        case .made(let response): response
        }
    }

    /// Returns the response to a problem, in the shape of errors that the system has.
    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        problem.response(instance: path, requestID: context.requestID, as: errors)
    }
}

extension RESTCodec {
    /// Returns a writer that puts the arguments into the path, the query, header fields and the body.
    public func arguments(of route: Route) -> any ArgumentWriter { RESTArguments(route) }

    /// Decodes a reply's JSON.
    public func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try JSON.decode(Value.self, from: bytes)
    }

    /// Returns a reply's text.
    public func text(from bytes: [UInt8]) throws(DecodingFailure) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Returns the problem in a response's body, or one made of its status if it has none.
    public func problem(in response: Response, _ bytes: [UInt8]) -> Problem { Problem(response: response, bytes: bytes, as: errors) }

    /// Returns the values of a streamed response as they arrive, or `nil` if its content type is not that of a stream.
    public func values<Element: Schema>(_ type: Element.Type, in response: Response) -> MessageStream<Element>? {
        guard case .stream(let pieces, _) = response.body else { return nil }
        return ServerSentEvents.values(of: MessageStream(pieces), errors: errors)
    }
}

extension Request {
    /// Checks the content type.
    /// - Throws: A `Problem` with status 415 if the body is not JSON.
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
    /// The values that the client sends over a WebSocket, if the function takes them.
    var input: WebSocketInput? { state as? WebSocketInput }

    /// Prepares to receive the values that the client will send over the WebSocket.
    mutating func openInput() -> WebSocketInput {
        let input = WebSocketInput(limit: route.bodyLimit)
        state = input
        return input
    }
}

extension Router {
    /// The router as a responder, which uses REST for requests without a codec. 404 and 405 are problems, the latter with `Allow`.
    public var responder: Responder { responder(through: []) }

    /// Returns the router as a responder behind middleware, which can see the route.
    /// - Parameter middleware: The middleware, outermost first.
    public func responder(through middleware: [any Middleware]) -> Responder { responder(through: middleware, fallback: RESTCodec()) }
}
