import Foundation
import Roost

/// The time at which the current request arrived, before anything was done for it: whatever happened since then happened concurrently.
struct RequestArrival: Sendable {
    let instant = ContinuousClock.now
    let date = Date()

    @TaskLocal private static var noted: RequestArrival?

    /// The arrival of the current request, or the present time outside of a request.
    static var current: RequestArrival { noted ?? RequestArrival() }

    /// Records when a request arrived. It runs before all other middleware, because authentication can take a while.
    struct Middleware: Roost.Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            try await RequestArrival.$noted.withValue(RequestArrival()) { try await next(request, context) }
        }
    }
}
