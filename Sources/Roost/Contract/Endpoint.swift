/// A route, what its calls pass through, and what answers it.
public struct Endpoint: Sendable {
    public let route: Route
    /// Whether it is called by name as a remote procedure too: not where it is a page or a document, for HTTP alone.
    public let isProcedure: Bool
    /// What each call passes through, outermost first.
    public private(set) var interceptors: [any Interceptor]
    /// What each request passes through before the interceptors, outermost first.
    public private(set) var middleware: [any Middleware] = []
    /// Whether it takes idempotency keys and nothing yet remembers its answers.
    private(set) var lacksMemory: Bool
    private let answer: @Sendable (CallInfo) async throws -> Response

    /// - Parameters:
    ///   - route: what is answered.
    ///   - isProcedure: whether it is called by name as a remote procedure too.
    ///   - handler: answers a call whose caller may make it. It runs with the call's context as the current one.
    public init(_ route: Route, isProcedure: Bool = true, _ handler: @escaping @Sendable (inout IncomingCall) async throws -> Response) {
        self.route = route
        self.isProcedure = isProcedure && !route.procedure.hasSuffix("/")
        interceptors = [AccessInterceptor()]
        lacksMemory = route.takesIdempotencyKey
        answer = { call in
            guard let request = call.request else { throw Problem(.internalError) }
            return try await call.context.run {
                do {
                    var incoming = try IncomingCall(try await request.settled(for: route), route: route)
                    return try await handler(&incoming)
                } catch let problem as Problem where problem.callee != nil {
                    throw Problem(telling: problem, of: route.operation, in: call.context)
                }
            }
        }
    }

    /// An endpoint that passes the request on to where the route is served, and its access is checked. A path whose parameters can name
    /// nothing goes no further: the next hop may be one that takes `..` for a step (RFC 3986 §5.2.4).
    public init(forwarding route: Route, to responder: @escaping Responder) {
        self.route = route
        isProcedure = true
        interceptors = []
        lacksMemory = false
        answer = { call in
            guard let request = call.request else { throw Problem(.internalError) }
            let faults = request.parameters.compactMap { route.path.fault(in: $0.value, of: $0.name) }
            guard faults.isEmpty else { throw Problem.invalid(faults) }
            return try await responder(request, call.context)
        }
    }

    /// Answers a request for the route, through the endpoint's middleware and interceptors.
    /// - Throws: a `Problem` that refuses the call; whatever the handler throws.
    public func respond(to request: Request, in context: RequestContext) async throws -> Response {
        guard !middleware.isEmpty else { return try await intercepted(request, context) }
        return try await middleware.around { try await intercepted($0, $1) }(request, context)
    }

    private func intercepted(_ request: Request, _ context: RequestContext) async throws -> Response {
        let call = CallInfo(route, .inbound, context: context, peer: request.remoteAddress, request: request)
        return try await interceptors.run(call, answer)
    }
}

extension Endpoint {
    /// The same endpoint, whose calls pass through more interceptors, outside of those that it has. They run before access is checked.
    public func intercepted(by interceptors: [any Interceptor]) -> Endpoint {
        var endpoint = self
        endpoint.interceptors = interceptors + self.interceptors
        return endpoint
    }

    /// The same endpoint, whose requests pass through more middleware, outside of that which it has.
    public func behind(_ middleware: [any Middleware]) -> Endpoint {
        var endpoint = self
        endpoint.middleware = middleware + self.middleware
        return endpoint
    }

    /// The same endpoint with an interceptor that remembers its answers, as a route that takes idempotency keys needs.
    ///
    /// It is the innermost, so that who may not call is refused before: what was answered once is for those who may call now.
    public func remembered(by memory: some Interceptor) -> Endpoint {
        var endpoint = self
        endpoint.interceptors.append(memory)
        endpoint.lacksMemory = false
        return endpoint
    }
}

extension [Endpoint] {
    /// The endpoints, whose calls pass through more interceptors: those of a service, a system or the gateway.
    public func intercepted(by interceptors: [any Interceptor]) -> [Endpoint] {
        interceptors.isEmpty ? self : map { $0.intercepted(by: interceptors) }
    }
}

extension Request {
    /// The request with its content in the form that the route takes: one message where a stream of messages came.
    /// - Throws: a `Problem` with status 400 where there is not one message, and 413 where it is too large.
    public func settled(for route: Route) async throws -> Request {
        guard let codec, case .stream = body else { return self }
        return try await codec.settled(self, for: route)
    }
}
