import NIOCore

/// Runs tasks on an event loop, so that a request is handled on the thread that its connection lives on.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Whether something will run what is queued.
        var isAwaited = false
        /// How many times in a row what was run has queued more.
        var rounds = 0
    }

    /// After as many rounds the loop sees to its sockets, which it would not for as long as there is something to execute: a handler
    /// that only yields must not keep all others from going on.
    private static let mostRounds = 64

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
    /// that brought its request. What those jobs enqueue in turn, beyond a few rounds, runs later.
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
        queue.value.rounds += 1
        if queue.value.rounds < Self.mostRounds { return loop.execute { self.runRound() } }
        queue.value.rounds = 0
        loop.scheduleTask(in: .microseconds(100)) { self.runRound() }
    }

    private func runRound() {
        runQueued()
        queue.value.isAwaited = false
        if queue.value.jobs.isEmpty { queue.value.rounds = 0 } else { runLater() }
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
