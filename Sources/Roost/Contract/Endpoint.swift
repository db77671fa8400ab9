/// A route, and what answers it.
public struct Endpoint: Sendable {
    public let route: Route
    public let respond: Responder

    /// - Parameter handler: answers a call whose caller may make it. It runs with the call's context as the current one.
    public init(_ route: Route, _ handler: @escaping @Sendable (inout IncomingCall) async throws -> Response) {
        self.route = route
        respond = { request, context in
            try route.access.check(context.principal)
            return try await context.run {
                var call = try IncomingCall(request, route: route)
                return try await handler(&call)
            }
        }
    }
}

extension Endpoint {
    /// An endpoint that passes the request on to where the route is served, and its access is checked.
    public init(forwarding route: Route, to responder: @escaping Responder) {
        self.route = route
        respond = responder
    }
}
