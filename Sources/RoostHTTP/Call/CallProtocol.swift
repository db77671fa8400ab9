import Roost

/// A protocol of calls that a server speaks over HTTP, beside others on the same port: how its calls are told from other requests, what
/// the server must know to carry them, and how they are answered. It stands between the middleware that is HTTP itself and the responder.
///
/// REST is what is left where no other protocol matches.
public protocol CallProtocol: Middleware {
    /// What the server must know to carry the protocol's calls.
    var traits: CallTraits { get }

    /// Whether a request, of which the head is known, is a call by this protocol.
    func matches(_ request: Request) -> Bool

    /// How long the caller waits, as far as a server of these callers believes it.
    func timeout(of request: Request, from callers: Callers) -> Duration?

    /// The response to a problem that the server itself finds, such as a deadline that has passed.
    func response(to problem: Problem, path: String, in context: RequestContext) -> Response
}

extension [any CallProtocol] {
    /// Returns the protocol of a request whose head is known. The request carries it unless it is REST.
    /// - Parameter errors: The shape of errors over REST.
    func carrier(of request: inout Request, errors: any ErrorDocument.Type) -> any CallProtocol {
        guard let carrier = first(where: { $0.matches(request) }) else {
            let rest = RESTProtocol(errors: errors)
            request.codec = rest.codec
            return rest
        }
        request.carrier = carrier
        return carrier
    }
}

/// What sets the calls of a protocol apart for whoever carries them.
public struct CallTraits: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A body without a length is a sequence of messages, which may pause and go on for ever; whoever reads it limits each message.
    public static let messages = CallTraits(rawValue: 1)
    /// Callers read neither the date nor the length nor the request's id of a response.
    public static let bareHead = CallTraits(rawValue: 2)
}

/// Calls as requests for resources, with values as JSON.
public struct RESTProtocol: CallProtocol {
    /// None.
    public var traits: CallTraits { [] }
    let codec: RESTCodec

    /// Creates the protocol.
    /// - Parameter errors: The shape of errors.
    public init(errors: any ErrorDocument.Type = ProblemDocument.self) { codec = RESTCodec(errors: errors) }

    public func matches(_ request: Request) -> Bool { true }

    public func timeout(of request: Request, from callers: Callers) -> Duration? {
        guard callers == .services, let text = request.headers["x-request-timeout-ms"] else { return nil }
        return Int(text).flatMap { $0 > 0 ? .milliseconds(min($0, 3_600_000)) : nil }
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        try await next(request, context)
    }

    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        codec.response(to: problem, path: path, in: context)
    }
}
