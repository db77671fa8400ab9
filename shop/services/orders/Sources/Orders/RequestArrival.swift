import Foundation
import Roost

/// The time at which the current request arrived at the shop, before anything was done for it: whatever happened since then happened
/// concurrently.
public struct RequestArrival: Sendable {
    let date: Date
    let instant: ContinuousClock.Instant

    @TaskLocal private static var noted: RequestArrival?

    /// The arrival of the current request, or the present time outside of a request.
    static var current: RequestArrival { noted ?? RequestArrival() }

    private init() {
        date = Date()
        instant = .now
    }

    /// Reads the arrival that the gateway recorded. Anyone can send the field, but can only cause a refusal of their own order with 409
    /// instead of 422.
    /// - Returns: `nil` if the text is not a time within the last minute.
    private init?(_ text: String) {
        guard let microseconds = Double(text) else { return nil }
        let now = Date(), date = Date(timeIntervalSince1970: microseconds / 1_000_000), age = now.timeIntervalSince(date)
        guard (0...60).contains(age) else { return nil }
        self.date = date
        instant = .now - .seconds(age)
    }

    /// The header field from the gateway to the service: microseconds since 1970.
    private static let field = "x-arrived-at"

    /// Records at the gateway when a request arrived.
    public struct Stamping: Middleware {
        /// Creates the middleware.
        public init() {}

        /// Adds the header field, and removes one that the client sent.
        public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            var request = request
            request.headers[RequestArrival.field] = String(Int64(Date().timeIntervalSince1970 * 1_000_000))
            return try await next(request, context)
        }
    }

    /// Notes when a request arrived. It runs before all other middleware, because authentication can take a while.
    struct Noting: Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            let arrival = request.headers[RequestArrival.field].flatMap(RequestArrival.init) ?? RequestArrival()
            return try await RequestArrival.$noted.withValue(arrival) { try await next(request, context) }
        }
    }
}
