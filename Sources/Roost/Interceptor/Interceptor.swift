/// One concern of a call, whichever way the call goes: access, deadlines, retries, limits, tracing. Interceptors compose by being listed.
///
/// An interceptor runs once the route is known. It can refuse the call by throwing, pass on a changed `CallInfo`, or make the call more
/// than once. What is HTTP itself, such as headers and compression, belongs in a `Middleware`.
public protocol Interceptor: Sendable {
    /// Handles a call.
    /// - Parameters:
    ///   - call: the call.
    ///   - next: makes the call through the interceptors that are left.
    /// - Throws: what `next` throws, or a `Problem` that refuses the call.
    func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply
}

extension [any Interceptor] {
    /// Makes a call through all of them, the first outermost.
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
