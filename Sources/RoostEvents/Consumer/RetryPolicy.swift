/// How often to try again, and when: exponential back-off with equal jitter
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
public struct RetryPolicy: Hashable, Sendable {
    /// How often to try in all.
    public var attempts: Int
    /// The pause after the first attempt, before jitter; it doubles from one to the next.
    public var first: Duration
    /// The longest pause.
    public var longest: Duration

    /// Twelve attempts in about a minute, unless told.
    public init(attempts: Int = 12, first: Duration = .milliseconds(100), longest: Duration = .seconds(15)) {
        self.attempts = attempts
        self.first = first
        self.longest = longest
    }

    /// The pause after an attempt.
    /// - Parameters:
    ///   - attempt: its number, from 1.
    ///   - jitter: from 0 for half the pause to 1 for the whole.
    public func delay(after attempt: Int, jitter: Double = .random(in: 0...1)) -> Duration {
        // Thirty doublings of any pause are beyond every bound.
        let whole = min(longest, first * (1 << min(max(attempt - 1, 0), 30)))
        return whole * (0.5 + 0.5 * jitter)
    }

    /// For what must be tried for ever, such as to reach the bus again.
    static let reconnect = RetryPolicy(attempts: .max, longest: .seconds(5))
}

extension Task where Success == Never, Failure == Never {
    /// - Returns: whether the whole time passed; `false` where the task was cancelled.
    @discardableResult
    static func pause(for duration: Duration) async -> Bool { (try? await sleep(for: duration)) != nil }
}
