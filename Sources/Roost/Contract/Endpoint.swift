/// A route, the interceptors of its calls, and the code that answers them.
public struct Endpoint: Sendable {
    /// The route that the endpoint answers.
    public let route: Route
    /// Whether the endpoint can also be called by name as a remote procedure. Pages and documents cannot.
    public let isProcedure: Bool
    /// The interceptors of each call, outermost first.
    public private(set) var interceptors: [any Interceptor]
    /// The middleware of each request, which runs before the interceptors, outermost first.
    public private(set) var middleware: [any Middleware] = []
    /// Whether the route accepts idempotency keys but nothing stores its responses yet.
    public private(set) var lacksMemory: Bool
    private let answer: @Sendable (CallInfo) async throws -> Response

    /// Creates an endpoint that answers calls of a route.
    /// - Parameters:
    ///   - route: The route.
    ///   - isProcedure: Whether the endpoint can also be called by name as a remote procedure.
    ///   - handler: Answers a call, once its access is checked. The call's context is the current one.
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

    /// Creates an endpoint that forwards requests to where the route is served, which also checks the access.
    ///
    /// A request whose path parameters are not valid identifiers is not forwarded, because the next hop may treat `..` as a path step (RFC
    /// 3986 §5.2.4).
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
    /// - Throws: A `Problem` if the call is refused; the error of the handler.
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
    /// Returns the endpoint with further interceptors, which run before those that it has and before the access is checked.
    public func intercepted(by interceptors: [any Interceptor]) -> Endpoint {
        var endpoint = self
        endpoint.interceptors = interceptors + self.interceptors
        return endpoint
    }

    /// Returns the endpoint with further middleware, which runs before that which it has.
    public func behind(_ middleware: [any Middleware]) -> Endpoint {
        var endpoint = self
        endpoint.middleware = middleware + self.middleware
        return endpoint
    }

    /// Returns the endpoint with an interceptor that stores its responses, as a route that accepts idempotency keys needs.
    ///
    /// The interceptor is the innermost, so that a caller that may no longer call the route does not get a stored response.
    public func remembered(by memory: some Interceptor) -> Endpoint {
        var endpoint = self
        endpoint.interceptors.append(memory)
        endpoint.lacksMemory = false
        return endpoint
    }
}

extension [Endpoint] {
    /// Returns the endpoints with further interceptors: those of a service, a system or the gateway.
    public func intercepted(by interceptors: [any Interceptor]) -> [Endpoint] {
        interceptors.isEmpty ? self : map { $0.intercepted(by: interceptors) }
    }
}

extension Request {
    /// Returns the request with its content in the form that the route needs: one message instead of a stream of messages.
    /// - Throws: A `Problem` with status 400 if there is not exactly one message, or 413 if it is too large.
    public func settled(for route: Route) async throws -> Request {
        guard let codec, case .stream = body else { return self }
        return try await codec.settled(self, for: route)
    }
}
