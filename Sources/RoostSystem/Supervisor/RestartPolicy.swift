/// How long to wait before something that ended is started again: longer each time that it does not last, up to a bound.
struct RestartPolicy: Sendable {
    /// How often in a row it did not last.
    private(set) var failures = 0

    /// The first pause, the longest, and how long a run must last to count as good.
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(10)
    static let steady = Duration.seconds(10)

    /// The pause before the next start.
    /// - Parameter uptime: how long the last run lasted.
    mutating func pause(afterRunning uptime: Duration) -> Duration {
        if uptime >= Self.steady { failures = 0 }
        defer { failures += 1 }
        return min(Self.shortest * (1 << min(failures, 10)), Self.longest)
    }
}
