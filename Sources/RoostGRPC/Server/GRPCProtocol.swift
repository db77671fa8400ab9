import Roost
import RoostHTTP

/// The protocol gRPC over HTTP/2. It takes messages out of their frames, and puts replies into frames, followed by a status. The responder
/// gets a call as a `Request` with the codec `MessageCodec`, and its errors become a status.
///
/// The services that every gRPC server has, health and reflection, are answered here, before other middleware.
public struct GRPCProtocol: CallProtocol {
    /// Bodies are sequences of messages, and responses need no fields beside the status.
    public let traits: CallTraits = [.messages, .bareHead]
    /// The default limit of a message: 4 MiB, as in other implementations.
    public static let defaultMessageLimit = 4 << 20

    private let limit: Int
    private let services: [any Middleware]
    private let capacity: SharedCapacity?
    private let codec = MessageCodec()

    /// Creates the protocol.
    /// - Parameters:
    ///   - messageLimit: The largest message, in bytes.
    ///   - services: Services that answer calls themselves, such as health and reflection. Other requests do not pass through them.
    ///   - capacity: The memory that all messages share until they are complete; `nil` if only each message is limited.
    public init(messageLimit: Int = GRPCProtocol.defaultMessageLimit, services: [any Middleware] = [], capacity: SharedCapacity? = nil) {
        limit = messageLimit
        self.services = services
        self.capacity = capacity
    }

    /// Returns whether the content type is one of gRPC.
    public func matches(_ request: Request) -> Bool { request.headers["content-type"]?.hasPrefix("application/grpc") == true }

    /// Returns the time in `grpc-timeout`. If anyone may call, it is at least `Callers.shortestTimeout`.
    public func timeout(of request: Request, from callers: Callers) -> Duration? {
        guard let timeout = request.headers["grpc-timeout"].flatMap(CallTimeout.parse) else { return nil }
        return callers == .services ? timeout : max(timeout, Callers.shortestTimeout)
    }

    /// Answers a call: takes the messages out of their frames, and puts the reply into frames, with a status in the trailers.
    ///
    /// A failed call is a response as well, whose status says what went wrong.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        do {
            let call = try call(from: request, context)
            return try framed(try await answer(call, context, services[...], next), request, context)
        } catch {
            return response(to: Self.problem(error, request, context), path: request.path, in: context)
        }
    }

    private func answer(
        _ call: Request, _ context: RequestContext, _ services: ArraySlice<any Middleware>, _ next: Responder
    ) async throws -> Response {
        guard let service = services.first else { return try await next(call, context) }
        return try await service.respond(to: call, in: context) { try await answer($0, $1, services.dropFirst(), next) }
    }

    private func call(from request: Request, _ context: RequestContext) throws(Problem) -> Request {
        let type = request.headers["content-type"] ?? ""
        guard request.version == .http2 else { throw Problem(.versionNotSupported, "gRPC requires HTTP/2.") }
        guard type == "application/grpc" || type == "application/grpc+proto" || type.hasPrefix("application/grpc;") else {
            throw Problem(.notImplemented, "Messages are Protocol Buffers: send them as application/grpc.")
        }
        let name = request.headers["grpc-encoding"] ?? MessageEncoding.identity.rawValue
        guard let encoding = MessageEncoding(rawValue: name) else {
            throw Problem(.notImplemented, "Messages can be compressed with gzip, but not with \(name).")
        }
        var call = request
        call.codec = codec
        call.body = try messages(of: request.body, encoding, context)
        return call
    }

    /// Returns the messages of a body. One complete message is a body of bytes, which is the cheapest form; anything else is a stream of
    /// messages.
    private func messages(of body: Body, _ encoding: MessageEncoding, _ context: RequestContext) throws(Problem) -> Body {
        switch body {
        case .stream(let pieces, _):
            let reservation = capacity.map { MessageReservation($0, for: context.client) }
            return .stream(MessageStream(pieces).messages(limit: limit, encoding: encoding, holding: reservation), length: nil)
        case .bytes(let bytes):
            var decoder = MessageDecoder(limit: limit, encoding: encoding)
            decoder.append(bytes)
            if let message = try decoder.next(), decoder.isAtBoundary { return .bytes(message) }
            return .stream(MessageStream(of: bytes).messages(limit: limit, encoding: encoding), length: nil)
        }
    }
}

extension GRPCProtocol {
    private func framed(_ response: Response, _ request: Request, _ context: RequestContext) throws -> Response {
        guard response.status.isSuccess else {
            guard case .bytes(let bytes) = response.body else { throw Problem(response.status, headers: response.headers) }
            throw Problem(response: response, bytes: bytes)
        }
        let isCompressed = MessageEncoding.isGzip(wantedBy: request.headers)
        var framed = Response(.ok, headers: Self.metadata(response.headers, isCompressed))
        switch response.body {
        case .bytes(let message):
            framed.body = .bytes(MessageFrame.encode(message, isCompressed: isCompressed))
            framed.trailers = { CallStatus.ok }
        case .stream(let messages, _):
            let ending = CallEnding(request: request, context: context)
            framed.body = .stream(
                MessageStream(messages).ended(by: ending).mapped { MessageFrame.encode($0, isCompressed: isCompressed) }, length: nil)
            framed.trailers = { ending.status }
        }
        return framed
    }

    private static func metadata(_ headers: Headers, _ isCompressed: Bool) -> Headers {
        var metadata: Headers = ["content-type": "application/grpc"]
        if isCompressed { metadata.add("grpc-encoding", MessageEncoding.gzip.rawValue) }
        for (name, value) in headers.fields where name != "content-type" && name != "content-length" { metadata.add(name, value) }
        return metadata
    }

    /// Returns the response to a call that failed before its reply had begun, which consists of the status only (gRPC over HTTP2,
    /// "Trailers-Only").
    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        var headers: Headers = ["content-type": "application/grpc", "grpc-accept-encoding": MessageEncoding.accepted]
        for (name, value) in CallStatus.fields(of: problem, requestID: context.requestID).fields { headers.add(name, value) }
        return Response(.ok, headers: headers)
    }

    /// Returns what a caller may know of an error.
    static func problem(_ error: any Error, _ request: Request, _ context: RequestContext) -> Problem {
        let isGivenUp = error.isConnectionClosed && Task.isCancelled
        return Problem(telling: isGivenUp ? CancellationError() : error, of: request.path, in: context)
    }
}
