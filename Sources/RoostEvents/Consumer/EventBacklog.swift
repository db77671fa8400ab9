import Roost
import Synchronization

/// The age of the events that a consumer has not handled, and whether it reads any. Parked events and dead letters do not count: they do not
/// keep other keys from being handled.
public final class EventBacklog: Sendable {
    private struct State {
        var ages: [Lane: Duration] = [:]
        var isFull = false
        /// Since when this process has not read the group's events; `nil` while it reads them.
        var absence: ContinuousClock.Instant? = .now
        var metrics: [Lane: ValueMetric] = [:]
    }

    private let group: String
    private let state = Mutex(State())
    private let oldest: ValueMetric

    init(of group: String) {
        self.group = group
        oldest = ValueMetric("roost.events.age", [("messaging.consumer.group.name", group)])
    }

    /// The age, when it was last measured, of the oldest event that was not handled. While the group's events cannot be read, it is at least the
    /// time since they last could.
    public var age: Duration {
        state.withLock { state in max(state.ages.values.max() ?? .zero, state.absence.map { .now - $0 } ?? .zero) }
    }

    /// Whether no events are read because too many are parked.
    public var isFull: Bool { state.withLock { $0.isFull } }

    /// Why the service should not count as ready; `nil` if nothing is wrong.
    /// - Parameter limit: The largest age of an event that is not handled.
    public func reasonNotReady(beyond limit: Duration) -> String? {
        if isFull { return "Too many events are parked, so no more are read." }
        return age > limit ? "The oldest event has not been handled for \(Int(age.inSeconds)) seconds." : nil
    }
}

extension EventBacklog {
    func note(_ ages: [Lane: Duration]) {
        let metrics = state.withLock { state -> [(ValueMetric, Duration)] in
            let gone = Set(state.ages.keys).subtracting(ages.keys)
            state.ages = ages
            state.absence = nil
            for lane in ages.keys where state.metrics[lane] == nil { state.metrics[lane] = metric(of: lane) }
            let all = ages.merging(gone.map { ($0, .zero) }) { age, _ in age }
            return all.compactMap { lane, age in state.metrics[lane].map { ($0, age) } }
        }
        for (metric, age) in metrics { metric.record(age.inSeconds) }
        oldest.record((ages.values.max() ?? .zero).inSeconds)
    }

    /// - Returns: Whether this is a change.
    func note(isFull: Bool) -> Bool {
        state.withLock { state in
            defer { state.isFull = isFull }
            return state.isFull != isFull
        }
    }

    /// Forgets the lanes of a member that leaves its group.
    func leave() {
        let age = age
        note([:])
        state.withLock { $0.absence = .now - age }
    }

    private func metric(of lane: Lane) -> ValueMetric {
        ValueMetric("roost.events.lane_age", [("messaging.consumer.group.name", group), ("messaging.destination.partition.id", lane.name)])
    }
}
