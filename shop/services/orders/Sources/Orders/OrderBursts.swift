import Foundation
import Synchronization

/// The orders that are being placed in this process, or were placed a moment ago. Overlapping calls of one account form a burst: they
/// create a single order from one cart, even if a call finds the cart empty or with new items in it.
final class OrderBursts: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long after a burst of several calls another call that finds the cart empty still belongs to it.
    private static let grace = Duration.milliseconds(500)
    /// How long after a single call another one that finds the cart empty is still taken for one that was sent at the same time: an order can
    /// be placed faster than a client sends its next request, as in a double click.
    private static let echo = Duration.milliseconds(100)
    /// How long a call may take to arrive here.
    private static let memory = Duration.seconds(30)

    private struct Burst {
        var calls = 0
        var isShared = false
        /// The order that was created from the cart.
        var order: UUID?
    }

    private struct Past {
        var order: UUID
        /// When the burst ended, and the latest time at which a call can still belong to it.
        var end: Instant
        var grace: Duration

        var latest: Instant { end + grace }
    }

    private struct State {
        var bursts: [UUID: Burst] = [:]
        var past: [UUID: Past] = [:]
        /// The number of bursts to keep before those are removed that ended long ago.
        var room = 1000
    }

    private let state = Mutex(State())

    func begin(by account: UUID) {
        state.withLock { state in
            var burst = state.bursts[account] ?? Burst()
            burst.calls += 1
            burst.isShared = burst.calls > 1 || burst.isShared
            state.bursts[account] = burst
        }
    }

    func end(by account: UUID, at now: Instant = .now) {
        state.withLock { state in
            guard var burst = state.bursts[account] else { return }
            burst.calls -= 1
            state.bursts[account] = burst.calls > 0 ? burst : nil
            guard burst.calls == 0, let order = burst.order else { return }
            let past = Past(order: order, end: now, grace: burst.isShared ? Self.grace : Self.echo)
            // A single call that came after a burst of several, and was told of its order, does not cut the burst's time short.
            if let earlier = state.past[account], earlier.order == order, earlier.latest > past.latest { return }
            state.past[account] = past
            guard state.past.count > state.room else { return }
            state.past = state.past.filter { now < $0.value.end + Self.memory }
            state.room = max(1000, state.past.count * 2)
        }
    }

    /// Records the order that was created from the cart in the current burst.
    func note(_ order: UUID, by account: UUID) { state.withLock { $0.bursts[account]?.order = order } }

    /// The order that was created from the cart in the current burst.
    func order(by account: UUID) -> UUID? { state.withLock { $0.bursts[account]?.order } }

    /// How long before a call an order in another process still counts as concurrent.
    func window(of account: UUID) -> Duration {
        state.withLock { $0.bursts[account]?.isShared == true ? Self.grace : Self.echo }
    }

    /// The order that emptied the cart concurrently with a call that arrived at `arrival`, if there is one.
    func order(by account: UUID, beside arrival: Instant) -> UUID? {
        state.withLock { state in
            if let order = state.bursts[account]?.order { return order }
            guard let past = state.past[account], arrival <= past.latest else { return nil }
            return past.order
        }
    }
}
