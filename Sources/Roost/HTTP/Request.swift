/// A request in any protocol.
public struct Request: Sendable {
    /// The request method.
    public var method: RequestMethod
    /// The path: absolute, percent-encoded, without the query; `*` if `OPTIONS` asks about the whole server. Servers normalize it, so that
    /// no character is escaped without need (RFC 3986 §6.2.2).
    public var path: String
    /// The percent-encoded text after `?`; empty if there is no query.
    public var query: String
    /// The header fields, in the order in which they were sent.
    public var headers: Headers
    /// The content.
    public var body: Body
    /// The percent-decoded path parameters, by placeholder name.
    public var parameters: [(name: String, value: String)] = []
    /// The peer's IP address, if there is one.
    public var remoteAddress: String?
    /// How the request is answered, as far as it is known.
    private var dispatch: Dispatch?
    /// The HTTP version of the request.
    public var version = HTTPVersion.http1

    /// Creates a request.
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, absolute and percent-encoded, without the query.
    ///   - query: The percent-encoded text after `?`; empty if there is no query.
    ///   - headers: The header fields.
    ///   - body: The content.
    ///   - remoteAddress: The peer's IP address, if the request came over a network.
    public init(
        _ method: RequestMethod, _ path: String, query: String = "", headers: Headers = [:], body: Body = .empty,
        remoteAddress: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The codec of the request; `nil` until a server or a caller has set it. With a codec of messages, the body is one message without
    /// framing, or each piece of a streamed body is one message.
    public var codec: (any CallCodec)? {
        get { dispatch?.codec }
        set { dispatch = Dispatch(codec: newValue, carrier: carrier, endpoint: endpoint) }
    }

    /// The protocol of the request, if it is not plain HTTP.
    package var carrier: (any Middleware)? {
        get { dispatch?.carrier }
        set { dispatch = Dispatch(codec: codec, carrier: newValue, endpoint: endpoint) }
    }

    /// The endpoint that answers the request, once it is found.
    package var endpoint: Endpoint? {
        get { dispatch?.endpoint }
        set { dispatch = Dispatch(codec: codec, carrier: carrier, endpoint: newValue) }
    }

    /// The route of the request, once it is found. Middleware can use it.
    public var route: Route? { endpoint?.route }

    /// Returns a path parameter, percent-decoded.
    public func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The path and the query, if there is one: the request target of RFC 9112 §3.2.1.
    public var target: String { query.isEmpty ? path : "\(path)?\(query)" }
}

/// How a request is answered, in one object, because a request is copied at every step on its way.
private final class Dispatch: Sendable {
    let codec: (any CallCodec)?
    let carrier: (any Middleware)?
    let endpoint: Endpoint?

    init(codec: (any CallCodec)?, carrier: (any Middleware)?, endpoint: Endpoint?) {
        self.codec = codec
        self.carrier = carrier
        self.endpoint = endpoint
    }
}

/// The HTTP versions that a responder may have to distinguish.
public enum HTTPVersion: Hashable, Sendable {
    /// HTTP/1.1 or 1.0 (RFC 9112).
    case http1
    /// HTTP/2 (RFC 9113).
    case http2
}
