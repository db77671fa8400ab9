import Roost

/// The codec of gRPC: all arguments are one message of Protocol Buffers, each value of a stream is a message, and calls are identified by
/// their procedure.
public struct MessageCodec: CallCodec {
    /// The name of the codec: `grpc`.
    public var name: String { "grpc" }

    /// Creates a codec.
    public init() {}
}

extension MessageCodec {
    /// Finds the endpoint whose procedure is the request's path.
    public func endpoint(for request: inout Request, in router: Router) -> Endpoint? { router.endpoint(ofProcedure: request.path) }

    /// Replies with 501, which becomes UNIMPLEMENTED.
    public func answer(unknown request: Request, in router: Router) throws(Problem) -> Response {
        throw Problem(.notImplemented, "No service here has the method \(request.path).")
    }
}

extension MessageCodec {
    /// Returns the request with its whole message, if the route takes one and it arrives as a stream.
    public func settled(_ request: Request, for route: Route) async throws -> Request {
        guard !route.streaming.contains(.request), case .stream(let messages, _) = request.body else { return request }
        var message: [UInt8]?
        for try await next in messages {
            guard message == nil else { throw Problem(.badRequest, "This method takes one message, not a stream.") }
            guard next.count <= route.bodyLimit else { throw Problem.tooLarge(limit: route.bodyLimit) }
            message = next
        }
        guard let message else { throw Problem(.badRequest, "This method takes a message, but none was sent.") }
        var settled = request
        settled.body = .bytes(message)
        return settled
    }

    /// Decodes the message that holds the arguments.
    /// - Throws: A `Problem` with status 400 if the bytes are not a message.
    public func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)? { try ArgumentMessage(request, of: route) }

    /// Returns a parameter from the message's fields.
    public func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText {
        guard let message = call.state as? ArgumentMessage else { return .absent }
        return message.text(of: name, in: location, call.route, call.request.headers)
    }

    /// Returns the values of a repeated field.
    public func list(_ name: String, of call: borrowing IncomingCall) -> [ParameterText] {
        (call.state as? ArgumentMessage)?.list(of: name, call.route) ?? []
    }

    /// Decodes and validates the message, or the part of it that is the body.
    public func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value {
        let route = call.route
        return try route.body(from: try await call.request.body.collect(upTo: route.bodyLimit))
    }

    /// Returns the bytes and the content type in the message's fields.
    public func rawBody(of call: borrowing IncomingCall) async throws -> RawBody {
        let route = call.route
        return try route.rawBody(from: try await call.request.body.collect(upTo: route.bodyLimit))
    }

    /// Returns the values of the messages as they arrive.
    public func stream<Element: Schema>(of call: inout IncomingCall, as type: Element.Type) throws -> MessageStream<Element> {
        let route = call.route
        let pieces: MessageStream<[UInt8]> =
            switch call.request.body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return pieces.mapped { piece in
            do throws(DecodingFailure) { return try route.body(from: piece) } catch { throw error.problem }
        }
    }
}

extension MessageCodec {
    /// Returns a response whose body is one message.
    public func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response {
        Response(body: .bytes(Protobuf.encode(value)))
    }

    /// Returns a response whose body is a stream of messages.
    public func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response {
        Response(body: .stream(stream.mapped { Protobuf.encode($0) }, length: nil))
    }

    /// Returns an empty message, or text as a message with one field. A response that a handler made itself becomes a 501.
    public func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response {
        switch reply {
        case .nothing: Response()
        case .text(let text): Response(body: .bytes(Protobuf.encode(text)))
        case .made:
            Problem(.notImplemented, "This route is available over HTTP only.").response(
                instance: call.request.path, requestID: RequestContext.currentOrNew.requestID)
        }
    }

    /// A problem document, which `GRPCProtocol` turns into a status.
    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        problem.response(instance: path, requestID: context.requestID)
    }
}

extension MessageCodec {
    /// Returns a writer that collects the arguments in one message.
    public func arguments(of route: Route) -> any ArgumentWriter { MessageArguments(route) }

    /// Decodes the message of a reply.
    public func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try Protobuf.decode(Value.self, from: bytes)
    }

    /// Decodes the text in a reply's message.
    public func text(from bytes: [UInt8]) throws(DecodingFailure) -> String { try Protobuf.decode(String.self, from: bytes) }

    /// Returns the problem in a response's status and details.
    public func problem(in response: Response, _ bytes: [UInt8]) -> Problem { Problem(response: response, bytes: bytes) }

    /// Returns the values of a reply's messages as they arrive.
    public func values<Element: Schema>(_ type: Element.Type, in response: Response) -> MessageStream<Element>? {
        let messages: MessageStream<[UInt8]> =
            switch response.body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return messages.mapped { message in
            do throws(DecodingFailure) {
                return try Protobuf.decode(Element.self, from: message)
            } catch {
                throw Problem(.badGateway, "The stream contains a value that does not match the contract: \(error.problem)")
            }
        }
    }
}
