import HeapModule
import Synchronization

/// The deadlines of tasks that wait. One task sleeps until the next one, so that a wait which ends in time, as nearly all do, needs no timer
/// of its own.
final class Deadlines: Sendable {
    static let shared = Deadlines()

    private struct Entry: Comparable {
        let instant: ContinuousClock.Instant
        let ticket: Int

        static func < (left: Entry, right: Entry) -> Bool { (left.instant, left.ticket) < (right.instant, right.ticket) }
    }

    private struct State {
        /// The deadlines in order, with some that were removed.
        var queue = Heap<Entry>()
        /// The actions of the deadlines that were not removed.
        var actions: [Int: @Sendable () -> Void] = [:]
        var ticket = 0
        var next: ContinuousClock.Instant?
        var watch: Task<Void, Never>?

        /// Forgets removed deadlines once they are the majority, which costs each of them a constant time.
        mutating func compact() {
            guard queue.count > 2 * actions.count + 64 else { return }
            queue = Heap(queue.unordered.filter { actions[$0.ticket] != nil })
        }

        mutating func takeDue(at now: ContinuousClock.Instant) -> [@Sendable () -> Void] {
            var due: [@Sendable () -> Void] = []
            while let first = queue.min, first.instant <= now || actions[first.ticket] == nil {
                queue.removeMin()
                if let action = actions.removeValue(forKey: first.ticket) { due.append(action) }
            }
            return due
        }
    }

    private let state = Mutex(State())

    /// Adds an action for a point in time.
    /// - Returns: A ticket with which the action can be removed.
    func add(_ instant: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.ticket += 1
            state.queue.insert(Entry(instant: instant, ticket: state.ticket))
            state.actions[state.ticket] = action
            if state.next.map({ instant < $0 }) ?? true { watch(instant, &state) }
            return state.ticket
        }
    }

    func remove(_ ticket: Int) {
        state.withLock { state in
            state.actions[ticket] = nil
            state.compact()
        }
    }

    private func watch(_ instant: ContinuousClock.Instant, _ state: inout State) {
        state.watch?.cancel()
        state.next = instant
        state.watch = Task.detached { [self] in
            guard (try? await Task.sleep(until: instant, clock: .continuous)) != nil else { return }
            for action in due(at: instant) { action() }
        }
    }

    private func due(at instant: ContinuousClock.Instant) -> [@Sendable () -> Void] {
        state.withLock { state in
            guard state.next == instant else { return [] }
            let due = state.takeDue(at: .now)
            state.next = nil
            state.watch = nil
            if let next = state.queue.min { watch(next.instant, &state) }
            return due
        }
    }
}
