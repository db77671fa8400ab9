import Synchronization

/// Makes a call again that got no answer: one that the callee has not seen, or that is idempotent.
///
/// A call is made at most three times, with a random pause in between, within a budget that all calls through this interceptor share and
/// within the call's deadline. What the callee answers is never asked for again, and neither is a call that sends a stream.
public final class RetryInterceptor: Interceptor {
    private let budget = Mutex(RetryBudget())
    private let backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(100))

    public init() {}

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

    /// How long to wait before a call is made again; `nil` where it is not.
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
