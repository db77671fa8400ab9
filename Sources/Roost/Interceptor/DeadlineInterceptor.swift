/// Makes no call whose deadline has passed, and can limit the time of each call.
public struct DeadlineInterceptor: Interceptor {
    private let limit: Duration?

    /// Creates an interceptor.
    /// - Parameter limit: The longest time until the reply, or until a streamed reply begins; `nil` for no limit other than the caller's.
    public init(limit: Duration? = nil) { self.limit = limit }

    /// Makes the call within the deadline.
    /// - Throws: A `Problem` with status 504 if the deadline has passed, or the call took longer than the limit.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        if call.context.deadline != nil { try Self.check(call) }
        guard let limit else { return try await next(call) }
        return try await call.context.run(within: limit) {
            var limited = call
            limited.context = .currentOrNew
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
    /// Returns the time until the deadline, or `nil` if there is none.
    /// - Throws: A `Problem` with status 504 if the deadline has passed.
    public func timeLeft() throws(Problem) -> Duration? {
        guard let deadline else { return nil }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw Problem(.gatewayTimeout, "The deadline passed before the call was made.") }
        return left
    }
}
