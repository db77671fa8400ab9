/// A route, the interceptors of its calls, and the code that answers them.
public struct Endpoint: Sendable {
    /// The parts of an endpoint in one object, because an endpoint is copied with every request.
    private struct Parts: Sendable {
        let route: Route
        let isProcedure: Bool
        var interceptors: [any Interceptor]
        var middleware: [any Middleware] = []
        var lacksMemory: Bool
        let answer: @Sendable (CallInfo) async throws -> Response
    }

    private final class Storage: Sendable {
        let parts: Parts
        /// Whether the access is all that has to be checked, as for most endpoints.
        let isPlain: Bool

        init(_ parts: Parts) {
            self.parts = parts
            isPlain = parts.interceptors.count == 1 && parts.interceptors[0] is AccessInterceptor
        }
    }

    private let storage: Storage

    /// The route that the endpoint answers.
    public var route: Route { storage.parts.route }
    /// Whether the endpoint can also be called by name as a remote procedure. Pages and documents cannot.
    public var isProcedure: Bool { storage.parts.isProcedure }
    /// The interceptors of each call, outermost first.
    public var interceptors: [any Interceptor] { storage.parts.interceptors }
    /// The middleware of each request, which runs before the interceptors, outermost first.
    public var middleware: [any Middleware] { storage.parts.middleware }
    /// Whether the route accepts idempotency keys but nothing stores its responses yet.
    public var lacksMemory: Bool { storage.parts.lacksMemory }

    private init(_ parts: Parts) { storage = Storage(parts) }

    /// Returns a copy with other parts.
    private func changed(_ change: (inout Parts) -> Void) -> Endpoint {
        var parts = storage.parts
        change(&parts)
        return Endpoint(parts)
    }

    /// Creates an endpoint that answers calls of a route.
    /// - Parameters:
    ///   - route: The route.
    ///   - isProcedure: Whether the endpoint can also be called by name as a remote procedure.
    ///   - handler: Answers a call, once its access is checked. The call's context is the current one.
    public init(_ route: Route, isProcedure: Bool = true, _ handler: @escaping @Sendable (inout IncomingCall) async throws -> Response) {
        self.init(
            Parts(
                route: route, isProcedure: isProcedure && !route.procedure.hasSuffix("/"), interceptors: [AccessInterceptor()],
                lacksMemory: route.takesIdempotencyKey
            ) { call in
                guard let request = call.request else { throw Problem(.internalError) }
                var context = call.context
                let cookies = route.cookies.isEmpty ? nil : ResponseCookies()
                if cookies != nil { context.responseCookies = cookies }
                var response = try await context.run {
                    do {
                        var incoming = try IncomingCall(
                            request.isSettled ? request : try await request.settled(for: route), route: route)
                        return try await handler(&incoming)
                    } catch let problem as Problem where problem.callee != nil {
                        throw Problem(telling: problem, of: route.operation, in: call.context)
                    }
                }
                cookies?.add(to: &response)
                return response
            })
    }

    /// Creates an endpoint that forwards requests to where the route is served, which also checks the access.
    ///
    /// A request whose path parameters are not valid identifiers is not forwarded, because the next hop may treat `..` as a path step (RFC
    /// 3986 §5.2.4).
    public init(proxying route: Route, to responder: @escaping Responder) {
        self.init(
            Parts(route: route, isProcedure: true, interceptors: [], lacksMemory: false) { call in
                guard let request = call.request else { throw Problem(.internalError) }
                let faults = request.parameters.compactMap { route.path.fault(in: $0.value, of: $0.name) }
                guard faults.isEmpty else { throw Problem.invalid(faults) }
                return try await responder(request, call.context)
            })
    }

    /// Answers a request for the route, through the endpoint's middleware and interceptors.
    /// - Throws: A `Problem` if the call is refused; the error of the handler.
    public func respond(to request: Request, in context: RequestContext) async throws -> Response {
        let parts = storage.parts
        guard parts.middleware.isEmpty else {
            return try await parts.middleware.around { try await run(inbound($0, $1), parts.answer) }(request, context)
        }
        return try await run(inbound(request, context), parts.answer)
    }

    private func inbound(_ request: Request, _ context: RequestContext) -> CallInfo {
        CallInfo(route, .inbound, context: context, peer: request.remoteAddress, request: request)
    }

    /// Makes a call through the endpoint's interceptors.
    func run<Reply: Sendable>(
        _ call: CallInfo, _ last: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard storage.isPlain else { return try await interceptors.run(call, last) }
        // The interceptor does nothing else, and a chain of one costs several suspension points and allocations.
        try AccessInterceptor.check(call)
        return try await last(call)
    }
}

extension Endpoint {
    /// Returns the endpoint with further interceptors, which run before those that it has and before the access is checked.
    public func intercepted(by interceptors: [any Interceptor]) -> Endpoint {
        changed { $0.interceptors = interceptors + $0.interceptors }
    }

    /// Returns the endpoint with further middleware, which runs before that which it has.
    public func behind(_ middleware: [any Middleware]) -> Endpoint {
        changed { $0.middleware = middleware + $0.middleware }
    }

    /// Returns the endpoint with an interceptor that stores its responses, as a route that accepts idempotency keys needs.
    ///
    /// The interceptor is the innermost, so that a caller that may no longer call the route does not get a stored response.
    public func remembered(by memory: some Interceptor) -> Endpoint {
        changed { parts in
            parts.interceptors.append(memory)
            parts.lacksMemory = false
        }
    }
}

extension [Endpoint] {
    /// Returns the endpoints with further interceptors: those of a service, a system or the gateway.
    public func intercepted(by interceptors: [any Interceptor]) -> [Endpoint] {
        interceptors.isEmpty ? self : map { $0.intercepted(by: interceptors) }
    }
}

extension Request {
    /// Whether the content has the form that the route needs.
    fileprivate var isSettled: Bool {
        guard codec != nil, case .stream = body else { return true }
        return false
    }

    /// Returns the request with its content in the form that the route needs: one message instead of a stream of messages.
    /// - Throws: A `Problem` with status 400 if there is not exactly one message, or 413 if it is too large.
    public func settled(for route: Route) async throws -> Request {
        guard let codec, case .stream = body else { return self }
        return try await codec.settled(self, for: route)
    }
}
