import Foundation
import Synchronization

/// The orders that are being placed in this process. Calls of one account that overlap, one with the next, are one burst: one cart makes
/// one order of them, also where a call comes so late that it finds the cart empty or with something new in it.
final class Placements: Sendable {
    /// How long after a burst of several calls one that finds the cart empty is taken for another of them.
    private static let grace = Duration.milliseconds(500)

    private struct Burst {
        var calls = 0
        var isShared = false
        /// The order that has the cart.
        var order: UUID?
    }

    private struct State {
        var bursts: [UUID: Burst] = [:]
        /// Those that are over, until they are forgotten.
        var past: [UUID: (order: UUID, end: ContinuousClock.Instant)] = [:]
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
            guard burst.calls == 0, burst.isShared, let order = burst.order else { return }
            let now = ContinuousClock.now
            if state.past.count >= 1000 { state.past = state.past.filter { $0.value.end > now } }
            state.past[account] = (order, now + Self.grace)
        }
    }

    /// Notes the order that has the cart of a burst under way.
    func note(_ order: UUID, by account: UUID) { state.withLock { $0.bursts[account]?.order = order } }

    /// The order that has the cart of the burst under way.
    func order(by account: UUID) -> UUID? { state.withLock { $0.bursts[account]?.order } }

    /// The order that has the cart of the burst under way, or of the one just over.
    func latestOrder(by account: UUID) -> UUID? {
        state.withLock { state in
            if let order = state.bursts[account]?.order { return order }
            guard let past = state.past[account], past.end > .now else { return nil }
            return past.order
        }
    }
}
