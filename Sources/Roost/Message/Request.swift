/// A request, whichever wire it came by.
public struct Request: Sendable {
    public var method: Method
    /// The path: absolute, percent-encoded, without the query; `*` where `OPTIONS` asks of the whole server. Servers give it with no
    /// escape of a character that needs none (RFC 3986 §6.2.2).
    public var path: String
    /// What follows `?`, percent-encoded; empty where there is none.
    public var query: String
    public var headers: Headers
    public var body: Body
    /// What the router found in the path, percent-decoded, by placeholder name.
    public var parameters: [(name: String, value: String)] = []
    /// The peer's IP address, where there is one.
    public var remoteAddress: String?
    /// How its values are written; `nil` until a server or a caller has said. Of a codec of messages the body holds the message without
    /// framing, and of a stream each piece is one message.
    public var codec: (any CallCodec)?
    /// The protocol that it came by, where that is not plain HTTP.
    package var carrier: (any Middleware)?
    /// What answers it, once that is found.
    package var endpoint: Endpoint?
    /// The version of HTTP that it came by.
    public var version = HTTPVersion.http1

    public init(
        _ method: Method, _ path: String, query: String = "", headers: Headers = [:], body: Body = .empty,
        remoteAddress: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The route that it is for, once that is found: middleware knows it.
    public var route: Route? { endpoint?.route }

    /// A path parameter, percent-decoded.
    public func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The path and, where there is one, the query: the request target of RFC 9112 §3.2.1.
    public var target: String { query.isEmpty ? path : "\(path)?\(query)" }
}

/// The versions of HTTP between which a responder may have to tell.
public enum HTTPVersion: Hashable, Sendable {
    /// HTTP/1.1 or 1.0 (RFC 9112).
    case http1
    /// HTTP/2 (RFC 9113).
    case http2
}
