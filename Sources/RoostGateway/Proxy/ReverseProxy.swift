import Roost
import RoostHTTP

/// Passes requests on to another process unchanged, except for the fields that belong to a connection.
public struct ReverseProxy: Sendable {
    private let name: String
    private let client: PooledHTTPClient
    private let address: HTTPAddress
    private let key: String?
    /// The limits for requests and for streams.
    private let exchanges: ConcurrencyLimiter
    private let streams: ConcurrencyLimiter
    private let capacity: SpoolCapacity

    /// Creates a reverse proxy.
    /// - Parameters:
    ///   - name: The service's name, for the problem that it cannot be reached.
    ///   - address: The service's address.
    ///   - client: The HTTP client.
    ///   - key: The service key, because of which the service trusts the client address that is passed on.
    ///   - gateway: Provides the limits of clients, and buffers for slow readers.
    public init(
        to name: String, at address: HTTPAddress, by client: PooledHTTPClient, key: String? = nil, of gateway: Gateway = Gateway()
    ) {
        self.name = name
        self.address = address
        self.client = client
        self.key = key
        exchanges = ConcurrencyLimiter(each: gateway.shares.exchanges, waiting: gateway.shares.waiting)
        streams = ConcurrencyLimiter(each: gateway.shares.streams, all: gateway.shares.allStreams)
        capacity = gateway.capacity
    }

    /// Passes a request on.
    /// - Throws: A `Problem` with status 503 and `Retry-After` if the service cannot be reached, or 504 after the deadline.
    @Sendable
    public func respond(to request: Request, in context: RequestContext) async throws -> Response {
        let isStream = request.asksForWebSocket || request.body.isComing
        let permit = try await isStream ? streams.take(for: context.client) : exchanges.take(for: context.client, by: context.deadline)
        var outgoing = request
        // The server removes the content of a response to HEAD and keeps its length, which only GET determines.
        if request.method == .head { outgoing.method = .get }
        outgoing.headers = forwarded(request, in: context)
        let response: Response
        do {
            if request.asksForWebSocket { return try await tunnel(outgoing, asking: request, deadline: context.deadline, permit) }
            response = try await client.send(outgoing, to: address, deadline: context.deadline, isAlone: isStream)
        } catch let problem as Problem where problem.status == .unavailable {
            context.logger.warning("\(name) is down", metadata: context.logMetadata(["cause": "\(problem)"]))
            throw Problem.unavailable("The service \(name) is temporarily unavailable.")
        }
        return try await relayed(Self.passed(on: response), to: context.client, permit)
    }

    /// Passes on a request for a WebSocket and, if it is accepted, the bytes that follow. No other protocol is supported.
    private func tunnel(
        _ outgoing: Request, asking request: Request, deadline: ContinuousClock.Instant?, _ permit: ConcurrencyLimiter.Permit
    ) async throws -> Response {
        var outgoing = outgoing
        outgoing.headers["upgrade"] = "websocket"
        switch try await client.upgrade(outgoing, to: address, deadline: deadline) {
        case .refused(let response): return Self.passed(on: response)
        case .switched(let response, let upstream):
            var passed = Self.passed(on: response)
            passed.upgrade = .tunnel { client in
                try await Tunnel(client: client, upstream: upstream).run()
                withExtendedLifetime(permit) {}
            }
            return passed
        }
    }

    /// Reads a body from the service's connection as fast as it arrives, so that a slow client does not occupy the connection. An event
    /// stream has a connection of its own as long as its client watches.
    private func relayed(_ response: Response, to client: ClientKey, _ permit: ConcurrencyLimiter.Permit) async throws -> Response {
        guard case .stream(let pieces, let length) = response.body else { return response }
        var relayed = response
        if ServerSentEvents.isOne(response.headers) {
            relayed.isLive = true
            relayed.body = .stream(
                PermitHoldingBody(pieces: MessageStream(pieces), permit: try await streams.take(for: client)), length: nil)
        } else {
            relayed.body = .stream(capacity.relayed(MessageStream(pieces), for: client, holding: permit), length: length)
        }
        return relayed
    }

    /// An interceptor that applies the same limits to calls that do not pass through `respond`.
    public var sharing: any Interceptor { ShareInterceptor(exchanges: exchanges, streams: streams) }

    private static func passed(on response: Response) -> Response {
        let protocols = [.switchingProtocols, .upgradeRequired].contains(response.status) ? response.headers["upgrade"] : nil
        var response = response
        response.headers = ConnectionHeaders.removed(from: response.headers)
        response.headers["upgrade"] = protocols
        return response
    }

    /// Returns the request's fields, with those of the context. Fields that earlier hops added about the client are not passed on: the
    /// trusted part of them is in the context.
    private func forwarded(_ request: Request, in context: RequestContext) -> Headers {
        var headers = ConnectionHeaders.removed(from: request.headers)
        headers["x-request-id"] = context.requestID
        headers.addTrace(of: context)
        if let deadline = context.deadline {
            let left = ContinuousClock.now.duration(to: deadline).components
            headers["x-request-timeout-ms"] = String(max(1, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))
        }
        headers["forwarded"] = nil
        headers["x-forwarded-for"] = context.clientAddress ?? request.remoteAddress
        headers["x-gateway-key"] = key
        // Each hop adds how it was reached (RFC 9110 §7.6.3).
        headers.add("via", request.version == .http2 ? "2 roost" : "1.1 roost")
        return headers
    }
}

/// The fields that belong to one connection and must not be passed on (RFC 9110 §7.6.1).
enum ConnectionHeaders {
    private static let names: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "content-length", "expect",
    ]

    static func removed(from headers: Headers) -> Headers {
        let named = headers.values("connection").flatMap { $0.split(separator: ",") }.map { $0.lowercased().filter { $0 != " " } }
        let dropped = named.isEmpty ? names : names.union(named)
        return Headers(headers.fields.filter { !dropped.contains($0.name.lowercased()) })
    }
}

extension Body {
    /// Whether the body is still arriving from its client, which may take long.
    fileprivate var isComing: Bool {
        if case .stream(let pieces, _) = self { !(pieces is SpooledBody) } else { false }
    }
}
