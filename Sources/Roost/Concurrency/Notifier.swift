import Synchronization

/// Wakes the tasks that wait for something to happen. It counts what happens, so that nothing between two waits is missed.
package final class Notifier: Sendable {
    private struct State {
        var count = 0
        /// What the waiting tasks wait for.
        var next: Latch?
    }

    private let state = Mutex(State())

    /// Creates a notifier.
    package init() {}

    /// The number of notifications so far.
    package var count: Int { state.withLock { $0.count } }

    /// Wakes everyone who waits.
    package func notify() {
        let next = state.withLock { state in
            state.count += 1
            return state.next.take()
        }
        next?.open()
    }

    /// Waits until there are more notifications than `count`, the deadline has passed, or the task is cancelled.
    package func wait(beyond count: Int, by deadline: ContinuousClock.Instant? = nil) async {
        let next = state.withLock { state -> Latch? in
            guard state.count <= count else { return nil }
            let next = state.next ?? Latch()
            state.next = next
            return next
        }
        _ = await next?.wait(by: deadline)
    }

    /// Returns a stream with an element for each notification from now on, until the task that reads it is cancelled. Notifications between
    /// two reads are combined.
    package func notifications() -> AsyncStream<Void> {
        let seen = Atomic(count)
        return AsyncStream {
            await self.wait(beyond: seen.load(ordering: .relaxed))
            seen.store(self.count, ordering: .relaxed)
            return Task.isCancelled ? nil : ()
        }
    }
}
