import Roost
import RoostHTTP

/// Passes requests on to another process as they are, but for what belongs to the connection alone.
public struct Forwarding: Sendable {
    private let name: String
    private let client: HTTPClient
    private let address: HTTPAddress
    private let key: String?
    /// What clients wait for until they may ask the service, and what they hold while they stream.
    private let exchanges: Turns
    private let streams: Turns
    private let room: SpoolRoom

    /// - Parameters:
    ///   - name: the service's name, for the problem that says it is down.
    ///   - key: what the services of the system share: by it the service believes for whom a request is passed on.
    ///   - gateway: whose clients share the connections, and what keeps answers for slow readers.
    public init(
        to name: String, at address: HTTPAddress, by client: HTTPClient, key: String? = nil, of gateway: Gateway = Gateway()
    ) {
        self.name = name
        self.address = address
        self.client = client
        self.key = key
        exchanges = Turns(each: gateway.shares.exchanges, waiting: gateway.shares.waiting)
        streams = Turns(each: gateway.shares.streams, all: gateway.shares.allStreams)
        room = gateway.room
    }

    /// - Throws: a `Problem`: 503 with `Retry-After` where nothing answers at the address, 504 past the deadline.
    @Sendable
    public func respond(to request: Request, in context: RequestContext) async throws -> Response {
        let isStream = request.asksForWebSocket || request.body.isComing
        let turn = try await isStream ? streams.take(for: context.client) : exchanges.take(for: context.client, by: context.deadline)
        var outgoing = request
        // The server takes the content from an answer to HEAD and leaves its length, which only GET tells.
        if request.method == .head { outgoing.method = .get }
        outgoing.headers = forwarded(request, in: context)
        let response: Response
        do {
            if request.asksForWebSocket { return try await tunnel(outgoing, asking: request, deadline: context.deadline, turn) }
            response = try await client.send(outgoing, to: address, deadline: context.deadline, isAlone: isStream)
        } catch let problem as Problem where problem.status == .unavailable {
            context.logger.warning("\(name) is down", metadata: context.logMetadata(["cause": "\(problem)"]))
            throw Problem.unavailable("The service \(name) is down for the moment.")
        }
        return try await relayed(Self.passed(on: response), to: context.client, turn)
    }

    /// Passes a request for a WebSocket on and, where it is accepted, from then on the bytes. No other protocol is let through.
    private func tunnel(
        _ outgoing: Request, asking request: Request, deadline: ContinuousClock.Instant?, _ turn: Turn
    ) async throws -> Response {
        var outgoing = outgoing
        outgoing.headers["upgrade"] = "websocket"
        switch try await client.upgrade(outgoing, to: address, deadline: deadline) {
        case .refused(let response): return Self.passed(on: response)
        case .switched(let response, let upstream):
            var passed = Self.passed(on: response)
            passed.upgrade = .tunnel { client in
                try await Tunnel(client: client, upstream: upstream).run()
                withExtendedLifetime(turn) {}
            }
            return passed
        }
    }

    /// A body is taken off the service's connection as fast as it comes, so that a client that reads slowly does not hold the connection.
    /// A stream of events has a connection of its own, which it holds for as long as its client watches.
    private func relayed(_ response: Response, to client: ClientKey, _ turn: Turn) async throws -> Response {
        guard case .stream(let pieces, let length) = response.body else { return response }
        var relayed = response
        if ServerSentEvents.isOne(response.headers) {
            relayed.isLive = true
            relayed.body = .stream(HeldBody(pieces: MessageStream(pieces), turn: try await streams.take(for: client)), length: nil)
        } else {
            relayed.body = .stream(room.relayed(MessageStream(pieces), for: client, holding: turn), length: length)
        }
        return relayed
    }

    /// Keeps calls that do not pass through `respond` in the same shares.
    public var sharing: any Interceptor { ShareInterceptor(exchanges: exchanges, streams: streams) }

    private static func passed(on response: Response) -> Response {
        let protocols = [.switchingProtocols, .upgradeRequired].contains(response.status) ? response.headers["upgrade"] : nil
        var response = response
        response.headers = ConnectionHeaders.removed(from: response.headers)
        response.headers["upgrade"] = protocols
        return response
    }

    /// The request's fields, with what the context says of it. For whom it is, the hops before may have said: what of that is to be
    /// believed is in the context, and nothing else is passed on.
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
        // Each hop says by what it was reached (RFC 9110 §7.6.3).
        headers.add("via", request.version == .http2 ? "2 roost" : "1.1 roost")
        return headers
    }
}

/// The fields that speak of one connection and must not be passed on (RFC 9110 §7.6.1).
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
    /// Whether it is still on its way from its client, who may take long.
    fileprivate var isComing: Bool {
        if case .stream(let pieces, _) = self { !(pieces is SpooledBody) } else { false }
    }
}
