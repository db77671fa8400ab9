import Roost

/// A protocol for calls over HTTP, of which a server can offer several on one port. It recognizes its calls, tells the server how to carry
/// them, and answers them. It comes after the middleware of HTTP itself and before the responder.
///
/// A request that no other protocol matches is one of REST.
public protocol CallProtocol: Middleware {
    /// What the server must know to carry the calls.
    var traits: CallTraits { get }

    /// Returns whether a request, whose head is known, is a call of this protocol.
    func matches(_ request: Request) -> Bool

    /// Returns how long the caller waits, as far as a server of these callers trusts it.
    func timeout(of request: Request, from callers: Callers) -> Duration?

    /// Returns the response to a problem that the server itself finds, such as a deadline that has passed.
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

/// The properties of a protocol's calls that matter for carrying them.
public struct CallTraits: OptionSet, Sendable {
    /// The bits of the set.
    public let rawValue: UInt8

    /// Creates a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A body without a length is a sequence of messages, which can pause and be endless. The reader limits the size of each message.
    public static let messages = CallTraits(rawValue: 1)
    /// Callers do not read the date, the length and the request identifier of a response.
    public static let bareHead = CallTraits(rawValue: 2)
}

/// Calls as requests for resources, with JSON values.
public struct RESTProtocol: CallProtocol {
    /// None.
    public var traits: CallTraits { [] }
    let codec: RESTCodec

    /// Creates the protocol.
    /// - Parameter errors: The shape of errors.
    public init(errors: any ErrorDocument.Type = ProblemDocument.self) { codec = RESTCodec(errors: errors) }

    /// Returns `true`: a request that no other protocol claims is one of REST.
    public func matches(_ request: Request) -> Bool { true }

    /// Returns the time in `x-request-timeout-ms`, at most an hour, if the callers are services; otherwise `nil`.
    public func timeout(of request: Request, from callers: Callers) -> Duration? {
        guard callers == .services, let text = request.headers["x-request-timeout-ms"] else { return nil }
        return Int(text).flatMap { $0 > 0 ? .milliseconds(min($0, 3_600_000)) : nil }
    }

    /// Passes the request on unchanged.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        try await next(request, context)
    }

    /// Returns a problem document (RFC 9457).
    public func response(to problem: Problem, path: String, in context: RequestContext) -> Response {
        codec.response(to: problem, path: path, in: context)
    }
}
