import Roost
import RoostHTTP

/// Endpoints as a server would serve them.
struct ServiceUnderTest: Sendable {
    private let router: Router
    private let middleware: [any Middleware]

    /// - Throws: A `ConfigurationError` that lists the endpoints that collide.
    init(_ endpoints: [Endpoint], middleware: [any Middleware], interceptors: [any Interceptor]) throws(ConfigurationError) {
        router = try Router(
            endpoints.map { $0.route.takesIdempotencyKey ? $0.remembered(by: UnrememberedKeys()) : $0 }.intercepted(by: interceptors))
        self.middleware = middleware
    }

    /// - Parameter principal: The caller; if `nil`, the middleware determines it.
    func response(to request: Request, from principal: Principal?) async -> Response {
        // A typed call says by which codec it is written. Over a wire only its bytes arrive.
        let request = Request(
            request.method, request.path, query: request.query, headers: request.headers, body: request.body, remoteAddress: "127.0.0.1")
        let impersonation: [any Middleware] = principal.map { [Impersonation(principal: $0)] } ?? []
        return await ServerPipeline(responder: router.responder(through: middleware + impersonation)).response(to: request)
    }
}

/// Replaces the caller that other middleware determined.
private struct Impersonation: Middleware {
    let principal: Principal

    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var context = context
        context.principal = principal
        return try await next(request, context)
    }
}

/// Passes idempotency keys to functions that take one, and remembers no responses, since there is no store.
private struct UnrememberedKeys: Interceptor {
    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard call.context.principal.kind != .anonymous else { return try await next(call) }
        var call = call
        call.context.idempotencyKey = call.request?.headers["idempotency-key"]
        return try await next(call)
    }
}
