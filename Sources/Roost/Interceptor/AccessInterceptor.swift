/// Lets through only those whom the route's `Access` allows. Every endpoint has one; what stands before it runs for anyone.
public struct AccessInterceptor: Interceptor {
    public init() {}

    /// - Throws: a `Problem`: 401 where nobody is signed in, 403 where the caller may not call the route.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        if call.direction != .outbound { try call.route.access.check(call.context.principal) }
        return try await next(call)
    }
}
