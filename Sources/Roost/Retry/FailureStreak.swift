/// Counts consecutive failures of something that is tried until it succeeds, and determines the pause after each.
public struct FailureStreak: Sendable {
    private let backoff: Backoff
    /// The number of failures since the last success.
    public private(set) var count = 0

    /// Creates an empty streak.
    /// - Parameter backoff: Determines the pause after each failure.
    public init(_ backoff: Backoff) { self.backoff = backoff }

    /// Records a failure.
    /// - Parameters:
    ///   - uptime: How long it worked before. If that is at least the longest pause, a new streak begins.
    ///   - chance: The position of the factor in the range of the back-off's jitter, from 0 to 1.
    /// - Returns: The pause before the next attempt.
    public mutating func fail(afterRunning uptime: Duration = .zero, chance: Double = .random(in: 0...1)) -> Duration {
        if uptime >= backoff.longest { count = 0 }
        count += 1
        return backoff.pause(after: count, chance: chance)
    }

    /// Records a success, so that the next failure is the first one again.
    public mutating func succeed() { count = 0 }
}
