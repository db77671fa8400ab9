/// Answers a request.
public typealias Responder = @Sendable (_ request: Request, _ context: RequestContext) async throws -> Response

/// One concern that every call passes through: it may answer by itself, change what goes in, or change what comes out.
public protocol Middleware: Sendable {
    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response
}

extension [any Middleware] {
    /// One responder of all of them, the first outermost, around `responder`.
    public func around(_ responder: @escaping Responder) -> Responder {
        reversed().reduce(responder) { next, middleware in
            { request, context in try await middleware.respond(to: request, in: context, next: next) }
        }
    }
}
