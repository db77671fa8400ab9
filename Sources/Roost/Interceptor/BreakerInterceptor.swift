import Synchronization

/// Refuses some calls to a service that mostly does not answer, so that it can recover. Only failures that are the service's fault count
/// against it; any reply shows that it is alive.
public final class BreakerInterceptor: Interceptor {
    private let breaker = Mutex(CircuitBreaker(start: .now))

    /// Creates an interceptor with a circuit breaker of its own, which is closed at first.
    public init() {}

    /// Makes the call, unless the breaker is open.
    /// - Throws: A `TransportError` whose cause is a `Problem` with status 503, if the call is refused; the error of the call.
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
            // One failing procedure must not block calls of the others.
            if error is Problem { note(accepted: true) }
            throw error
        }
    }

    private func note(accepted: Bool) { breaker.withLock { $0.note(accepted: accepted, at: .now) } }
}

extension [any Interceptor] {
    /// Returns the interceptors for calls to another service: retries within a budget, the deadline, and a circuit breaker. Each use
    /// creates a budget and a breaker of its own, for one target.
    public static func resilience() -> [any Interceptor] { [RetryInterceptor(), DeadlineInterceptor(), BreakerInterceptor()] }
}
