import Foundation
import Roost

/// When the request under way came, before anything was asked of it: what happened since then happened beside it.
struct Arrival: Sendable {
    let instant = ContinuousClock.now
    let date = Date()

    @TaskLocal private static var noted: Arrival?

    /// That of the request under way; now, outside any.
    static var current: Arrival { noted ?? Arrival() }

    /// Notes a request's arrival. It stands before all other middleware: to know who calls may take a while.
    struct Middleware: Roost.Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            try await Arrival.$noted.withValue(Arrival()) { try await next(request, context) }
        }
    }
}
