import Roost

/// Removes the header fields from a request that only the system may send.
struct ReservedHeaderFilter: Middleware {
    private static let reserved = ["x-service-key", "x-service-name", "x-request-timeout-ms", "x-principal"]

    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard Self.reserved.contains(where: { request.headers[$0] != nil }) else { return try await next(request, context) }
        var request = request
        for name in Self.reserved { request.headers[name] = nil }
        return try await next(request, context)
    }
}
