import Synchronization

/// Wakes tasks that wait for something to happen.
final class Notifier: Sendable {
    private struct State {
        var count = 0
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// The number of notifications so far.
    var count: Int { state.withLock { $0.count } }

    /// Wakes everyone who waits.
    func notify() {
        let waiting = state.withLock { state in
            state.count += 1
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until there are more notifications than `count`, the time is over, or the task is cancelled.
    func wait(beyond count: Int, atMost duration: Duration) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.count > count { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { return continuation.resume() }
                // The task may have been cancelled before it could be woken.
                if Task.isCancelled { return wake(id) }
                Task {
                    try await Task.sleep(for: duration)
                    wake(id)
                }
            }
        } onCancel: {
            wake(id)
        }
    }

    private func wake(_ id: Int) { state.withLock { $0.waiting.removeValue(forKey: id) }?.resume() }
}
