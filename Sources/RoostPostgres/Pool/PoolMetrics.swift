import Roost

/// What a pool measures, as OpenTelemetry names it.
struct PoolMetrics: Sendable {
    private let waits: DurationMetric
    private let timeouts: CountMetric

    /// - Parameter pool: The name of the pool.
    init(pool: String) {
        let dimensions = [("db.system.name", "postgresql"), ("db.client.connection.pool.name", pool)]
        waits = DurationMetric("db.client.connection.wait_time", dimensions)
        timeouts = CountMetric("db.client.connection.timeouts", dimensions)
    }

    func waited(since start: ContinuousClock.Instant) {
        if waits.isActive { waits.record(since: start) }
    }

    func timedOut() { timeouts.increment() }
}
