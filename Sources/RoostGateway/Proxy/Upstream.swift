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
    var publicEndpoints: [Endpoint] {
        routes.filter { $0.access != .services }.map { route in
            Endpoint(forwarding: route) { [respond, procedures] request, context in
                guard request.format == .protobuf, let procedures else {
                    return try await Self.respond(to: request, in: context, for: route, by: respond)
                }
                var call = request
                call.headers = ConnectionHeaders.removed(from: request.headers)
                return try await context.run { [call] in try await procedures.send(call, for: route) }
            }
        }
    }

    /// A live answer has its time limit for its beginning alone: what follows may go on for hours.
    private static func respond(
        to request: Request, in context: RequestContext, for route: Route, by respond: @escaping Responder
    ) async throws -> Response {
        guard route.streaming.contains(.reply), let deadline = context.deadline else { return try await respond(request, context) }
        var live = context
        live.deadline = nil
        return try await context.run(within: max(.zero, ContinuousClock.now.duration(to: deadline))) { [live] in
            try await respond(request, live)
        }
    }
}
