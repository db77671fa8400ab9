/// Lets only those calls through that the route's `Access` allows. Every endpoint has this interceptor; interceptors before it run for any
/// caller.
public struct AccessInterceptor: Interceptor {
    /// Creates an interceptor.
    public init() {}

    /// Checks the access, and makes the call.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous, or 403 if it may not call the route.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        try Self.check(call)
        return try await next(call)
    }

    /// Checks whether the caller may make the call.
    /// - Throws: A `Problem` with status 401 if the caller is anonymous, or 403 if it may not call the route.
    static func check(_ call: CallInfo) throws {
        if call.direction != .outbound { try call.route.access.check(call.context.principal) }
    }
}
