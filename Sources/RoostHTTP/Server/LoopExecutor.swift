import NIOCore

/// Runs tasks on an event loop, so that a request is handled on the thread that its connection lives on.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Whether something will run what is queued.
        var isAwaited = false
    }

    private let loop: any EventLoop
    /// What was enqueued from the loop itself: no lock, no wake-up.
    private let queue: NIOLoopBoundBox<Queue>

    init(_ loop: any EventLoop) {
        self.loop = loop
        queue = NIOLoopBoundBox.makeBoxSendingValue(Queue(), eventLoop: loop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard loop.inEventLoop else {
            loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            return
        }
        queue.value.jobs.append(job)
        if !queue.value.isAwaited { runLater() }
    }

    /// Runs `start` and then, before it returns, what `start` enqueued: a handler that never waits answers within the read
    /// that brought its request. What those jobs enqueue in turn, beyond a few rounds, runs after the loop has seen to its sockets.
    func runNow(_ start: () -> Void) {
        let isOutermost = !queue.value.isAwaited
        queue.value.isAwaited = true
        start()
        guard isOutermost else { return }
        for _ in 0..<4 where !queue.value.jobs.isEmpty { runQueued() }
        queue.value.isAwaited = false
        if !queue.value.jobs.isEmpty { runLater() }
    }

    private func runLater() {
        queue.value.isAwaited = true
        loop.execute {
            self.runQueued()
            self.queue.value.isAwaited = false
            if !self.queue.value.jobs.isEmpty { self.runLater() }
        }
    }

    private func runQueued() {
        var jobs: [UnownedJob] = []
        swap(&jobs, &queue.value.jobs)
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        // The storage is kept for the next time.
        guard queue.value.jobs.isEmpty else { return }
        jobs.removeAll(keepingCapacity: true)
        swap(&jobs, &queue.value.jobs)
    }
}
