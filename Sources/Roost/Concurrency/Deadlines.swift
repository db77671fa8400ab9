import Synchronization

/// The deadlines of the tasks that wait for something of this folder. One task waits for the next one, so that a wait that ends in time, as nearly all
/// do, needs no timer of its own.
final class Deadlines: Sendable {
    static let shared = Deadlines()

    private struct State {
        var entries: [Int: (instant: ContinuousClock.Instant, pass: @Sendable () -> Void)] = [:]
        var ticket = 0
        var next: ContinuousClock.Instant?
        var watch: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Adds an action for a point in time.
    /// - Returns: A ticket with which the action can be removed.
    func add(_ instant: ContinuousClock.Instant, _ pass: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.ticket += 1
            state.entries[state.ticket] = (instant, pass)
            if state.next.map({ instant < $0 }) ?? true { watch(instant, &state) }
            return state.ticket
        }
    }

    func remove(_ ticket: Int) { state.withLock { $0.entries[ticket] = nil } }

    private func watch(_ instant: ContinuousClock.Instant, _ state: inout State) {
        state.watch?.cancel()
        state.next = instant
        state.watch = Task.detached { [self] in
            guard (try? await Task.sleep(until: instant, clock: .continuous)) != nil else { return }
            for pass in due(at: instant) { pass() }
        }
    }

    private func due(at instant: ContinuousClock.Instant) -> [@Sendable () -> Void] {
        state.withLock { state in
            guard state.next == instant else { return [] }
            let now = ContinuousClock.now
            let due = state.entries.filter { $0.value.instant <= now }
            for ticket in due.keys { state.entries[ticket] = nil }
            state.next = nil
            state.watch = nil
            if let next = state.entries.values.map(\.instant).min() { watch(next, &state) }
            return due.values.map(\.pass)
        }
    }
}
