import Roost

/// Gives each request a deadline, which travels with every call that it causes.
struct TimeLimit: Middleware {
    let timeout: Duration

    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var context = context
        let limit = ContinuousClock.now + timeout
        context.deadline = min(context.deadline ?? limit, limit)
        if context.trace == nil { context.trace = .root() }
        return try await next(request, context)
    }
}
