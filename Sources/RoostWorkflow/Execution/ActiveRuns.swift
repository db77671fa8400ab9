import Synchronization

/// The runs that this process works on, so that it can cancel them at once.
final class ActiveRuns: Sendable {
    private let states = Mutex<[String: RunState]>([:])

    func add(_ state: RunState, as id: String) { states.withLock { $0[id] = state } }

    func remove(_ state: RunState, as id: String) {
        // This process may have taken the run up again since.
        states.withLock { if $0[id] === state { $0[id] = nil } }
    }

    func cancel(_ id: String) { states.withLock { $0[id] }?.requestCancel() }

    /// Interrupts a run that was taken from its worker.
    func lose(_ id: String) { states.withLock { $0[id] }?.interrupt(.lost) }
}
