import CoreMetrics

/// A duration that a part of the toolkit measures, such as the wait for a connection. Like the other metrics here, it costs nothing if the
/// program has not bootstrapped metrics by the time it is created.
package struct DurationMetric: Sendable {
    private let timer: Timer?

    /// - Parameters:
    ///   - label: The metric's name, OpenTelemetry's if there is one.
    ///   - dimensions: The dimensions that distinguish it from others with the same name.
    package init(_ label: String, _ dimensions: [(String, String)]) {
        timer = Telemetry.metrics.map { Timer(label: label, dimensions: dimensions, factory: $0) }
    }

    /// Whether the program has bootstrapped metrics.
    package var isActive: Bool { timer != nil }

    /// Records the time since an instant.
    package func record(since start: ContinuousClock.Instant) {
        timer?.recordNanoseconds(Int64(start.duration(to: .now) / .nanoseconds(1)))
    }
}

/// A number of occurrences, such as of dead letters.
package struct CountMetric: Sendable {
    private let counter: Counter?

    package init(_ label: String, _ dimensions: [(String, String)]) {
        counter = Telemetry.metrics.map { Counter(label: label, dimensions: dimensions, factory: $0) }
    }

    package func increment() { counter?.increment() }
}

/// A value that rises and falls, such as the age of the oldest job.
package struct ValueMetric: Sendable {
    private let gauge: Gauge?

    package init(_ label: String, _ dimensions: [(String, String)]) {
        gauge = Telemetry.metrics.map { Gauge(label: label, dimensions: dimensions, factory: $0) }
    }

    /// Whether the program has bootstrapped metrics.
    package var isActive: Bool { gauge != nil }

    package func record(_ value: Double) { gauge?.record(value) }
}
