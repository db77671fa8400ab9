/// Makes no call whose deadline has passed, and with a limit gives each call at most so much time.
public struct DeadlineInterceptor: Interceptor {
    private let limit: Duration?

    /// - Parameter limit: the longest that a call may take until its reply, or the beginning of a reply that is a stream; `nil` for no
    ///   limit but the caller's.
    public init(limit: Duration? = nil) { self.limit = limit }

    /// - Throws: a `Problem` with status 504 where the deadline has passed, or the call took longer than the limit.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        if call.context.deadline != nil { try Self.check(call) }
        guard let limit else { return try await next(call) }
        return try await call.context.run(within: limit) {
            var limited = call
            limited.context = .current
            return try await next(limited)
        }
    }

    private static func check(_ call: CallInfo) throws {
        do throws(Problem) {
            _ = try call.context.timeLeft()
        } catch {
            if call.direction == .outbound { throw TransportError(refused: error) }
            throw error
        }
    }
}

extension RequestContext {
    /// What is left of the deadline; `nil` where there is none.
    /// - Throws: a `Problem` with status 504 where it has passed.
    public func timeLeft() throws(Problem) -> Duration? {
        guard let deadline else { return nil }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw Problem(.gatewayTimeout, "The deadline passed before the call was made.") }
        return left
    }
}
