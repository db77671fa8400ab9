import Synchronization

/// The runs that this process works on, which can be told at once that they are cancelled.
final class ActiveRuns: Sendable {
    private let states = Mutex<[String: RunState]>([:])

    func add(_ state: RunState, as id: String) { states.withLock { $0[id] = state } }

    func remove(_ state: RunState, as id: String) {
        // This process may have taken the run up again since.
        states.withLock { if $0[id] === state { $0[id] = nil } }
    }

    func cancel(_ id: String) { states.withLock { $0[id] }?.requestCancel() }

    /// Tells a run that it was taken from its worker.
    func lose(_ id: String) { states.withLock { $0[id] }?.interrupt(.lost) }
}
