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
                var call = try IncomingCall(try await request.settled(for: route), route: route)
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

extension Request {
    /// The request with its message whole, where the route takes one and it comes as a stream.
    public func settled(for route: Route) async throws -> Request {
        guard format == .protobuf, !route.streaming.contains(.request), case .stream(let messages, _) = body else { return self }
        var message: [UInt8]?
        for try await next in messages {
            guard message == nil else { throw Problem(.badRequest, "This takes one message, not a stream of them.") }
            guard next.count <= route.bodyLimit else { throw Problem.tooLarge(limit: route.bodyLimit) }
            message = next
        }
        guard let message else { throw Problem(.badRequest, "This takes a message, and there was none.") }
        var settled = self
        settled.body = .bytes(message)
        return settled
    }
}
