import Roost

/// A service behind the gateway: its routes, and what answers them, in this process or over the network.
public struct Upstream: Sendable {
    public let name: String
    public let routes: [Route]
    private let respond: Responder
    private let procedures: (any Caller)?

    /// - Parameters:
    ///   - respond: answers the requests.
    ///   - procedures: carries on the calls of remote procedures; `nil` where `respond` answers those too.
    public init(_ name: String, routes: [Route], respond: @escaping Responder, procedures: (any Caller)? = nil) {
        self.name = name
        self.routes = routes
        self.respond = respond
        self.procedures = procedures
    }

    /// The routes that are not for the system's own services alone. Who may call them, the service itself checks.
    /// - Parameters:
    ///   - timeout: how long an answer may take to begin.
    ///   - room: where a request waits until all of it has come: a client that sends slowly has only itself to wait for.
    func publicEndpoints(within timeout: Duration, gatheringIn room: SpoolRoom) -> [Endpoint] {
        let limit = TimeLimit(timeout: timeout)
        return routes.filter { $0.access != .services }.map { route in
            let pass = route.streaming.contains(.reply) ? Self.inTime(passing(route)) : passing(route)
            return Endpoint(forwarding: route) { request, context in
                guard case .stream = request.body, !route.streaming.contains(.request) else {
                    return try await pass(request, limit.begun(in: context))
                }
                let whole = try await Self.gathered(request, for: route, in: room, limit, context)
                return try await pass(whole, limit.begun(in: context))
            }
        }
    }

    /// The server sees to it that a body keeps coming. A message it lets pause, for it may be one of a stream: here it is not.
    private static func gathered(
        _ request: Request, for route: Route, in room: SpoolRoom, _ limit: TimeLimit, _ context: RequestContext
    ) async throws -> Request {
        if request.format == .protobuf {
            return try await context.run(within: limit.timeout) { try await request.settled(for: route) }
        }
        var whole = request
        whole.body = try await room.gathered(request.body, upTo: route.bodyLimit, for: context.client)
        return whole
    }

    private func passing(_ route: Route) -> Responder {
        guard let procedures else { return respond }
        return { [respond] request, context in
            guard request.format == .protobuf else { return try await respond(request, context) }
            var call = request
            call.headers = ConnectionHeaders.removed(from: request.headers)
            // For whom it is, the caller says from the context.
            for name in ["forwarded", "x-forwarded-for", "x-gateway-key"] { call.headers[name] = nil }
            return try await context.run { [call] in try await procedures.send(call, for: route) }
        }
    }

    /// A live answer has its time limit for its beginning alone: what follows may go on for hours.
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
