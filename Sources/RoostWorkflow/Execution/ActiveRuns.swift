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

    /// Takes a run from its worker by a change, and interrupts the execution that had it before. The change wakes the worker, which may have the run
    /// again when it returns: that execution is not interrupted.
    func losing<Result>(_ id: String, by change: () async throws -> Result) async rethrows -> Result {
        let earlier = states.withLock { $0[id] }
        let result = try await change()
        earlier?.interrupt(.lost)
        return result
    }
}
