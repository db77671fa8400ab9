import Roost
import RoostHTTP

extension GRPCTransport {
    /// Returns the reply in a response: its message, or the stream of its messages, whose end is the status of the call.
    /// - Throws: The `Problem` that the service replied with.
    static func reply(in response: Response, to route: Route) async throws -> Response {
        guard response.status == .ok, response.headers["content-type"]?.hasPrefix("application/grpc") == true else {
            throw Problem(StatusCode(ofForeign: response.status).status, "The server does not speak gRPC.")
        }
        // A call that failed immediately has its status in the head.
        if response.headers["grpc-status"] != nil, let problem = try CallStatus.problem(in: response.headers) { throw problem }
        let encoding = response.headers["grpc-encoding"].flatMap(MessageEncoding.init(rawValue:)) ?? .identity
        if !route.streaming.contains(.reply) {
            return Response(headers: response.headers, body: .bytes(try await only(in: response, encoding)))
        }
        return Response(headers: response.headers, body: .stream(messages(in: response, encoding), length: nil))
    }

    /// Returns the only message of a reply. Usually all of it has arrived together with its status.
    private static func only(in response: Response, _ encoding: MessageEncoding) async throws -> [UInt8] {
        guard case .bytes(let bytes) = response.body, let trailers = response.trailers?() else {
            return try await only(of: messages(in: response, encoding))
        }
        if let problem = try CallStatus.problem(in: trailers) { throw problem }
        var decoder = MessageDecoder(limit: replyLimit, encoding: encoding)
        decoder.append(bytes)
        guard let message = try decoder.next() else { throw Problem(.badGateway, "The call was answered without a message.") }
        guard decoder.isAtBoundary else { throw Problem(.badGateway, "The call was answered with more than one message.") }
        return message
    }

    private static func messages(in response: Response, _ encoding: MessageEncoding) -> MessageStream<[UInt8]> {
        let pieces: MessageStream<[UInt8]> =
            switch response.body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return pieces.messages(limit: replyLimit, encoding: encoding).transformed { next in
            {
                if let message = try await next() { return message }
                let fields = response.headers["grpc-status"] == nil ? response.trailers?() ?? [:] : response.headers
                if let problem = try CallStatus.problem(in: fields) { throw problem }
                return nil
            }
        }
    }

    private static func only(of messages: MessageStream<[UInt8]>) async throws -> [UInt8] {
        var iterator = messages.makeAsyncIterator()
        guard let message = try await iterator.next() else { throw Problem(.badGateway, "The call was answered without a message.") }
        guard try await iterator.next() == nil else { throw Problem(.badGateway, "The call was answered with more than one message.") }
        return message
    }
}
