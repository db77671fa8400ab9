/// How long to wait before something that failed is tried again: longer after each failure, up to a bound, and varied at random, so that
/// those who failed together do not come back together
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
///
/// A value without a clock: chance is passed in, and `FailureStreak` counts.
public struct Backoff: Hashable, Sendable {
    /// The pause after the first failure, before it is varied.
    public var first: Duration
    /// The longest pause, before it is varied.
    public var longest: Duration
    /// How many times as long each pause is as the one before it.
    public var factor: Double
    /// The range of what a pause is multiplied by at random; `1...1` leaves it as it is.
    public var jitter: ClosedRange<Double>

    /// Creates a back-off. One that is left out doubles from 100 milliseconds to 15 seconds, each pause shortened by up to a half.
    public init(
        first: Duration = .milliseconds(100), longest: Duration = .seconds(15), factor: Double = 2, jitter: ClosedRange<Double> = 0.5...1
    ) {
        self.first = first
        self.longest = longest
        self.factor = factor
        self.jitter = jitter
    }

    /// Returns the pause after a number of failures in a row.
    /// - Parameters:
    ///   - failures: How many there were, at least 1.
    ///   - chance: Where in the range of `jitter` the pause lies, from 0 to 1.
    public func pause(after failures: Int, chance: Double = .random(in: 0...1)) -> Duration {
        var pause = min(first, longest)
        // Two hundred steps reach every bound, or there is no growth at all.
        for _ in 1..<max(1, min(failures, 200)) where pause < longest { pause = min(pause * factor, longest) }
        return pause * (jitter.lowerBound + (jitter.upperBound - jitter.lowerBound) * chance)
    }
}

/// How often something is tried, and how long the pauses between are.
public struct RetryPolicy: Hashable, Sendable {
    /// How often it is tried in all.
    public var attempts: Int
    public var backoff: Backoff

    /// Creates a policy. One that is left out makes twelve attempts in about a minute.
    public init(attempts: Int = 12, backoff: Backoff = Backoff()) {
        self.attempts = attempts
        self.backoff = backoff
    }
}
