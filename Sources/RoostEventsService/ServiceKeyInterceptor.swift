import Roost

/// Identifies the service that calls over a network by the key that the services of the system share.
struct ServiceKeyInterceptor: Interceptor {
    private let key: String?

    init(_ key: String?) { self.key = key }

    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard call.direction == .inbound, call.route.access == .services else { return try await next(call) }
        guard let headers = call.request?.headers, let key, let given = headers["x-service-key"], given.equalsInConstantTime(key) else {
            throw Problem(.unauthorized, "The header field x-service-key must have the key that the services of the system share.")
        }
        // Programs in other languages need not have a name.
        let name = headers["x-service-name"].flatMap { RequestID.accepts($0) ? $0 : nil } ?? "unnamed"
        var call = call
        call.context.principal = Principal.anonymous.through(service: name)
        return try await next(call)
    }
}
