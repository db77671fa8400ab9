import Synchronization

/// The runs that this process works on, which can be told at once that they are cancelled.
final class ActiveRuns: Sendable {
    private let states = Mutex<[String: RunState]>([:])

    func add(_ state: RunState, as id: String) { states.withLock { $0[id] = state } }

    func remove(_ id: String) { _ = states.withLock { $0.removeValue(forKey: id) } }

    func cancel(_ id: String) { states.withLock { $0[id] }?.requestCancel() }
}
