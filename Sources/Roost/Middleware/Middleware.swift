/// Answers a request.
public typealias Responder = @Sendable (_ request: Request, _ context: RequestContext) async throws -> Response

/// One concern of every request: it can answer the request, change it, or change the response.
public protocol Middleware: Sendable {
    /// Answers a request, or passes it on.
    /// - Parameters:
    ///   - request: The request.
    ///   - context: The context of the request.
    ///   - next: The middleware and the responder behind this one.
    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response
}

extension [any Middleware] {
    /// Returns a responder that passes requests through all of these, the first outermost, to another responder.
    public func around(_ responder: @escaping Responder) -> Responder {
        reversed().reduce(responder) { next, middleware in
            { request, context in try await middleware.respond(to: request, in: context, next: next) }
        }
    }
}
