import Roost

/// How gRPC writes a call: all arguments are one message of Protocol Buffers, each value of a stream is a message, and a call is named by its
/// procedure.
public struct MessageCodec: CallCodec {
    public let name = "grpc"

    public init() {}
}

extension MessageCodec {
    public func endpoint(for request: inout Request, in router: Router) -> Endpoint? { router.endpoint(ofProcedure: request.path) }

    /// 501, which is UNIMPLEMENTED.
    public func answer(unknown request: Request, in router: Router) throws(Problem) -> Response {
        throw Problem(.notImplemented, "No service here has the method \(request.path).")
    }
}

extension MessageCodec {
    /// The request with its message whole, where the route takes one and it comes as a stream.
    public func settled(_ request: Request, for route: Route) async throws -> Request {
        guard !route.streaming.contains(.request), case .stream(let messages, _) = request.body else { return request }
        var message: [UInt8]?
        for try await next in messages {
            guard message == nil else { throw Problem(.badRequest, "This takes one message, not a stream of them.") }
            guard next.count <= route.bodyLimit else { throw Problem.tooLarge(limit: route.bodyLimit) }
            message = next
        }
        guard let message else { throw Problem(.badRequest, "This takes a message, and there was none.") }
        var settled = request
        settled.body = .bytes(message)
        return settled
    }

    public func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)? { try ArgumentMessage(request, of: route) }

    public func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText {
        guard let message = call.state as? ArgumentMessage else { return .absent }
        return message.text(of: name, in: location, call.route, call.request.headers)
    }

    public func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value {
        let route = call.route
        return try route.body(from: try await call.request.body.collect(upTo: route.bodyLimit))
    }

    public func rawBody(of call: borrowing IncomingCall) async throws -> RawBody {
        let route = call.route
        return try route.rawBody(from: try await call.request.body.collect(upTo: route.bodyLimit))
    }

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
    public func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response {
        Response(body: .bytes(Protobuf.encode(value)))
    }

    public func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response {
        Response(body: .stream(stream.mapped { Protobuf.encode($0) }, length: nil))
    }

    public func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response {
        switch reply {
        case .nothing: Response()
        case .text(let text): Response(body: .bytes(Protobuf.encode(text)))
        case .made:
            Problem(.notImplemented, "This answers by HTTP alone.").response(
                instance: call.request.path, requestID: RequestContext.current.requestID)
        }
    }

    /// A problem document, which `GRPCProtocol` turns into a status.
    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        problem.response(instance: path, requestID: context.requestID)
    }
}

extension MessageCodec {
    public func arguments(of route: Route) -> any ArgumentWriter { MessageArguments(route) }

    public func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try Protobuf.decode(Value.self, from: bytes)
    }

    public func text(from bytes: [UInt8]) throws(DecodingFailure) -> String { try Protobuf.decode(String.self, from: bytes) }

    public func problem(in response: Response, _ bytes: [UInt8]) -> Problem { Problem(response: response, bytes: bytes) }

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
                throw Problem(.badGateway, "The stream has something that is not its contract's: \(error.problem)")
            }
        }
    }
}
