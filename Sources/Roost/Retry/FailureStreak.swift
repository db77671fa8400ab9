/// Counts the failures in a row of something that is tried for as long as it takes, and says how long to pause after each.
public struct FailureStreak: Sendable {
    private let backoff: Backoff
    /// How often it has failed since it last succeeded.
    public private(set) var count = 0

    public init(_ backoff: Backoff) { self.backoff = backoff }

    /// Notes a failure.
    /// - Parameters:
    ///   - uptime: How long it went well before. From the longest pause on, this is the first failure of a new streak.
    ///   - chance: Where in the range of the back-off's jitter the pause lies, from 0 to 1.
    /// - Returns: The pause before the next attempt.
    public mutating func fail(afterRunning uptime: Duration = .zero, chance: Double = .random(in: 0...1)) -> Duration {
        if uptime >= backoff.longest { count = 0 }
        count += 1
        return backoff.pause(after: count, chance: chance)
    }

    /// Notes a success: the next failure is the first again.
    public mutating func succeed() { count = 0 }
}
