import Roost

/// A service behind the gateway: its routes, and how to reach it in this process or over the network.
public struct Upstream: Sendable {
    /// The service's name.
    public let name: String
    /// The service's routes.
    public let routes: [Route]
    private let respond: Responder
    private let callers: [any Caller]
    private let interceptors: [any Interceptor]
    private let fallbacks: [Fallback]
    private let outage: Outage

    /// Creates an upstream.
    /// - Parameters:
    ///   - name: The name of the service.
    ///   - routes: The routes of the service.
    ///   - respond: Answers the requests.
    ///   - callers: Pass on the calls that are written by their codecs; `respond` answers all others.
    ///   - interceptors: The interceptors of a call, after its whole request has arrived, outermost first.
    ///   - fallbacks: Answer the calls while the service is down.
    public init(
        _ name: String, routes: [Route], respond: @escaping Responder, callers: [any Caller] = [], interceptors: [any Interceptor] = [],
        fallbacks: [Fallback] = []
    ) {
        self.name = name
        self.routes = routes
        self.respond = respond
        self.callers = callers
        self.interceptors = interceptors
        self.fallbacks = fallbacks
        outage = Outage(of: name)
    }

    /// Returns endpoints for the routes that outsiders may call. The service itself checks the access.
    /// - Parameters:
    ///   - timeout: The longest time until a response begins.
    ///   - capacity: Where a request waits until all of it has arrived, so that a slow client does not occupy the service.
    func publicEndpoints(within timeout: Duration, gatheringIn capacity: SpoolCapacity) -> [Endpoint] {
        let limit = TimeLimit(timeout: timeout)
        return routes.filter { $0.access != .services }.map { route in
            let passing = intercepted(route, falling(back: passing(route), for: route))
            let pass = route.streaming.contains(.reply) ? Self.inTime(passing) : passing
            return Endpoint(proxying: route) { request, context in
                guard case .stream = request.body, !route.streaming.contains(.request) else {
                    return try await pass(request, limit.begun(in: context))
                }
                let whole = try await Self.gathered(request, for: route, in: capacity, limit, context)
                return try await pass(whole, limit.begun(in: context))
            }
        }
    }

    /// The server makes sure that bodies keep arriving. Messages may pause, since they may belong to a stream, but here they do not.
    private static func gathered(
        _ request: Request, for route: Route, in capacity: SpoolCapacity, _ limit: TimeLimit, _ context: RequestContext
    ) async throws -> Request {
        let settled = try await context.run(within: limit.timeout) { try await request.settled(for: route) }
        guard case .stream = settled.body else { return settled }
        var whole = request
        whole.body = try await capacity.gathered(request.body, upTo: route.bodyLimit, for: context.client)
        return whole
    }

    private func passing(_ route: Route) -> Responder {
        guard !callers.isEmpty else { return respond }
        return { [respond, callers] request, context in
            guard let caller = callers.first(where: { $0.codec.name == request.codec?.name }) else {
                return try await respond(request, context)
            }
            var call = request
            call.headers = ConnectionHeaders.removed(from: request.headers)
            // The caller takes the client's address from the context.
            for name in ["forwarded", "x-forwarded-for", "x-gateway-key"] { call.headers[name] = nil }
            return try await context.run { [call] in try await caller.send(call, for: route) }
        }
    }

    private func falling(back pass: @escaping Responder, for route: Route) -> Responder {
        fallbacks.reduce(pass) { $1.answering(for: route, instead: $0, outage) }
    }

    private func intercepted(_ route: Route, _ pass: @escaping Responder) -> Responder {
        guard !interceptors.isEmpty else { return pass }
        return { [interceptors] request, context in
            let call = CallInfo(route, .inbound, context: context, peer: request.remoteAddress, request: request)
            return try await interceptors.run(call) { try await pass($0.request ?? request, $0.context) }
        }
    }

    /// Only the beginning of a live response has a time limit, since the rest may take hours.
    private static func inTime(_ pass: @escaping Responder) -> Responder {
        { request, context in
            guard let deadline = context.deadline else { return try await pass(request, context) }
            var live = context
            live.deadline = nil
            return try await context.run(within: max(.zero, ContinuousClock.now.duration(to: deadline))) { [live] in
                try await pass(request, live)
            }
        }
    }
}
