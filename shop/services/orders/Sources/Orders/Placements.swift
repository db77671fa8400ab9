import Foundation
import Synchronization

/// The orders that are being placed in this process, and those that were a moment ago. Calls of one account that overlap, one with the
/// next, are one burst: one cart makes one order of them, also where a call finds the cart empty or with something new in it.
final class Placements: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long after a burst of several calls another that finds the cart empty still belongs to it.
    private static let grace = Duration.milliseconds(500)
    /// How long a call may take to get here.
    private static let memory = Duration.seconds(30)

    private struct Burst {
        var calls = 0
        var isShared = false
        /// The order that has the cart.
        var order: UUID?
    }

    private struct Past {
        var order: UUID
        /// When it was over, and the longest that a later call belongs to it.
        var end: Instant
        var grace: Duration
    }

    private struct State {
        var bursts: [UUID: Burst] = [:]
        var past: [UUID: Past] = [:]
        /// How many are remembered before those are forgotten that are over long since.
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

    func end(by account: UUID) {
        state.withLock { state in
            guard var burst = state.bursts[account] else { return }
            burst.calls -= 1
            state.bursts[account] = burst.calls > 0 ? burst : nil
            guard burst.calls == 0, let order = burst.order else { return }
            let now = Instant.now
            state.past[account] = Past(order: order, end: now, grace: burst.isShared ? Self.grace : .zero)
            guard state.past.count > state.room else { return }
            state.past = state.past.filter { now < $0.value.end + Self.memory }
            state.room = max(1000, state.past.count * 2)
        }
    }

    /// Notes the order that has the cart of the burst under way.
    func note(_ order: UUID, by account: UUID) { state.withLock { $0.bursts[account]?.order = order } }

    /// The order that has the cart of the burst under way.
    func order(by account: UUID) -> UUID? { state.withLock { $0.bursts[account]?.order } }

    /// How long before a call an order elsewhere still counts as beside it: where several calls are under way, longer than the grain of a
    /// clock's time in the book.
    func window(of account: UUID) -> Duration {
        state.withLock { $0.bursts[account]?.isShared == true ? Self.grace : .milliseconds(1) }
    }

    /// The order that emptied the cart beside a call that came at `arrival`, if one did.
    func order(by account: UUID, beside arrival: Instant) -> UUID? {
        state.withLock { state in
            if let order = state.bursts[account]?.order { return order }
            guard let past = state.past[account], arrival <= past.end + past.grace else { return nil }
            return past.order
        }
    }
}
