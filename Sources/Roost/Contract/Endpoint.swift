/// A route, and what answers it.
public struct Endpoint: Sendable {
    public let route: Route
    public let respond: Responder
    /// Whether it takes idempotency keys and nothing yet remembers its answers.
    let lacksMemory: Bool
    /// Whether it is called by name over gRPC too: not where it is a page or a document, for HTTP alone.
    public let isProcedure: Bool

    /// - Parameters:
    ///   - isProcedure: whether it is called by name over gRPC too.
    ///   - handler: answers a call whose caller may make it. It runs with the call's context as the current one.
    public init(_ route: Route, isProcedure: Bool = true, _ handler: @escaping @Sendable (inout IncomingCall) async throws -> Response) {
        self.route = route
        lacksMemory = route.takesIdempotencyKey
        self.isProcedure = isProcedure && !route.procedure.hasSuffix("/")
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
    /// An endpoint that passes the request on to where the route is served, and its access is checked. A path whose parameters can name
    /// nothing goes no further: the next hop may be one that takes `..` for a step (RFC 3986 §5.2.4).
    public init(forwarding route: Route, to responder: @escaping Responder) {
        self.route = route
        lacksMemory = false
        isProcedure = true
        respond = { request, context in
            let faults = request.parameters.compactMap { route.path.fault(in: $0.value, of: $0.name) }
            guard faults.isEmpty else { throw Problem.invalid(faults) }
            return try await responder(request, context)
        }
    }

    /// The same endpoint behind a middleware that remembers its answers, as a route that takes idempotency keys needs.
    ///
    /// Who may not call it is refused before: what was answered once is for those who may call it now.
    public func remembered(by memory: some Middleware) -> Endpoint {
        let access = route.access, remembering = [memory].around(respond)
        return Endpoint(self) { request, context in
            try access.check(context.principal)
            return try await remembering(request, context)
        }
    }

    private init(_ other: Endpoint, respond: @escaping Responder) {
        route = other.route
        lacksMemory = false
        isProcedure = other.isProcedure
        self.respond = respond
    }
}

extension Request {
    /// The request with its message whole, where the route takes one and it comes as a stream.
    /// - Throws: a `Problem` with status 400 where there is not one message, and 413 where it is too large.
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
