/// One concern of calls in any direction: access, deadlines, retries, limits, tracing. Interceptors are combined by listing them.
///
/// An interceptor runs once the route is known. It can refuse the call by throwing, pass on a changed `CallInfo`, or make the call more
/// than once. Concerns of HTTP itself, such as header fields and compression, belong in a `Middleware`.
public protocol Interceptor: Sendable {
    /// Handles a call.
    /// - Parameters:
    ///   - call: The call.
    ///   - next: Makes the call through the remaining interceptors.
    /// - Throws: The error of `next`, or a `Problem` that refuses the call.
    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply
}

extension [any Interceptor] {
    /// Makes a call through all of these interceptors, the first outermost.
    public func run<Reply: Sendable>(
        _ call: CallInfo, _ last: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        try await run(from: 0, call, last)
    }

    private func run<Reply: Sendable>(
        from index: Int, _ call: CallInfo, _ last: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        if index == count { return try await last(call) }
        if index == count - 1 { return try await self[index].intercept(call, last) }
        return try await self[index].intercept(call) { try await run(from: index + 1, $0, last) }
    }
}
