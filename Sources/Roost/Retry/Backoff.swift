/// The pauses between attempts at something that failed: they grow with each failure, up to a limit, and are randomized, so that clients
/// which failed together do not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
///
/// Chance is passed in, and `FailureStreak` counts the failures.
public struct Backoff: Hashable, Sendable {
    /// The pause after the first failure, before it is randomized.
    public var first: Duration
    /// The longest pause, before it is randomized.
    public var longest: Duration
    /// The factor by which each pause is longer than the previous one.
    public var factor: Double
    /// The range of the random factor of each pause; `1...1` for none.
    public var jitter: ClosedRange<Double>

    /// Creates a back-off. By default, pauses double from 100 milliseconds to 15 seconds, and each is shortened by up to a half.
    public init(
        first: Duration = .milliseconds(100), longest: Duration = .seconds(15), factor: Double = 2, jitter: ClosedRange<Double> = 0.5...1
    ) {
        self.first = first
        self.longest = longest
        self.factor = factor
        self.jitter = jitter
    }

    /// Returns the pause after a number of consecutive failures.
    /// - Parameters:
    ///   - failures: The number of failures, at least 1.
    ///   - chance: The position of the factor in the range of `jitter`, from 0 to 1.
    public func pause(after failures: Int, chance: Double = .random(in: 0...1)) -> Duration {
        var pause = min(first, longest)
        // Two hundred steps reach every bound, or there is no growth at all.
        for _ in 1..<max(1, min(failures, 200)) where pause < longest { pause = min(pause * factor, longest) }
        return pause * (jitter.lowerBound + (jitter.upperBound - jitter.lowerBound) * chance)
    }
}

/// The number of attempts, and the pauses between them.
public struct RetryPolicy: Hashable, Sendable {
    /// The total number of attempts.
    public var attempts: Int
    /// The pauses between attempts.
    public var backoff: Backoff

    /// Creates a policy. By default, there are twelve attempts in about a minute.
    public init(attempts: Int = 12, backoff: Backoff = Backoff()) {
        self.attempts = attempts
        self.backoff = backoff
    }
}
