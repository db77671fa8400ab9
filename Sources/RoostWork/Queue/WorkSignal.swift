import Synchronization

/// Wakes the workers of one process.
final class WorkSignal: Sendable {
    private let listeners = Mutex<(next: Int, all: [Int: @Sendable () -> Void])>((0, [:]))

    func fire() {
        for wake in listeners.withLock({ Array($0.all.values) }) { wake() }
    }

    func add(_ wake: @escaping @Sendable () -> Void) -> Int {
        listeners.withLock { state in
            state.next += 1
            state.all[state.next] = wake
            return state.next
        }
    }

    func remove(_ number: Int) { listeners.withLock { _ = $0.all.removeValue(forKey: number) } }
}
