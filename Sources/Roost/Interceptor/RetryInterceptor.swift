import Synchronization

/// Repeats a call that got no reply, if the callee has not seen it or it is idempotent.
///
/// A call is made at most three times, with a random pause in between, within a budget that all calls through this interceptor share and
/// within the call's deadline. A call that got a reply is never repeated, nor is a call that sends a stream.
public final class RetryInterceptor: Interceptor {
    private let budget = Mutex(RetryBudget())
    private let backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(100))

    /// Creates an interceptor with a retry budget of its own.
    public init() {}

    /// Makes the call, and repeats it after a failure if that is safe and the budget and the deadline allow it.
    /// - Throws: The error of the last attempt.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        var attempt = 0
        while true {
            do {
                let reply = try await next(call)
                budget.withLock { $0.succeed() }
                return reply
            } catch let failure as TransportError {
                guard let pause = pause(after: failure, of: call, attempt) else { throw failure }
                try await Task.sleep(for: pause)
                attempt += 1
            } catch {
                if error is Problem { budget.withLock { $0.succeed() } }
                throw error
            }
        }
    }

    /// Returns the pause before a call is repeated, or `nil` if it is not repeated.
    private func pause(after failure: TransportError, of call: CallInfo, _ attempt: Int) -> Duration? {
        guard attempt < 2, let problem = failure.cause as? Problem, problem.status != .gatewayTimeout else { return nil }
        guard !call.route.streaming.contains(.request), !Task.isCancelled else { return nil }
        guard failure.progress == .notSent || failure.progress == .unanswered && call.route.method.isIdempotent else { return nil }
        let isAllowed = budget.withLock { budget in
            if failure.isCalleesFault { budget.fail() }
            return budget.allowsRetry
        }
        let pause = backoff.pause(after: attempt + 1)
        if let deadline = call.context.deadline, .now + pause >= deadline { return nil }
        return isAllowed ? pause : nil
    }
}
