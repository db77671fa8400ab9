import Synchronization

/// Refuses some calls to a callee that mostly does not answer, so that it can recover. What counts against the callee is what it is to
/// blame for, and nothing else; whatever it answers shows that it is there.
public final class BreakerInterceptor: Interceptor {
    private let breaker = Mutex(CircuitBreaker(start: .now))

    public init() {}

    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard breaker.withLock({ $0.allows(at: .now) }) else {
            note(accepted: false)
            throw TransportError(refused: .unavailable("Most calls fail, so this one was not made."))
        }
        do {
            let reply = try await next(call)
            note(accepted: true)
            return reply
        } catch let failure as TransportError {
            if failure.isCalleesFault { note(accepted: false) }
            throw failure
        } catch {
            // One procedure that fails must not keep calls from the others.
            if error is Problem { note(accepted: true) }
            throw error
        }
    }

    private func note(accepted: Bool) { breaker.withLock { $0.note(accepted: accepted, at: .now) } }
}

extension [any Interceptor] {
    /// What calls to another service pass through: retries within a budget, no call past its deadline, and a breaker. Each use makes a
    /// budget and a breaker of its own, for the callers of one target.
    public static func resilience() -> [any Interceptor] { [RetryInterceptor(), DeadlineInterceptor(), BreakerInterceptor()] }
}
