import NIOCore

/// Runs tasks on an event loop, so that a request is handled on the thread that its connection lives on.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Whether something will run what is queued.
        var isAwaited = false
        /// How many times in a row what was run has queued more.
        var rounds = 0
        /// How many times the sockets have had their turn since the last pause.
        var turns = 0
        /// How long it took lately until NIO executed something.
        var latency = TimeAmount.zero
    }

    /// How many rounds run before the loop sees to its sockets. NIO does not, as long as there is something to execute, and a handler that
    /// only yields must not keep all others from going on.
    private static let mostRounds = 64
    /// How many rounds run before the loop executes what others have queued.
    private static let roundsAtOnce = 4
    /// What is due in a moment is nothing to execute yet, so NIO turns to its sockets. The moment is four times as long as it takes until
    /// NIO executes something, and over before NIO would wait for it.
    private static let shortestMoment = TimeAmount.microseconds(2)
    /// However short the moment turns out to be, every so many times it is longer.
    private static let turnsPerPause = 32
    private static let pause = TimeAmount.microseconds(100)

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
        if isOutermost { runRounds() }
    }

    private func runLater() {
        queue.value.isAwaited = true
        let rounds = queue.value.rounds
        if rounds < Self.mostRounds {
            let enqueued = rounds + Self.roundsAtOnce < Self.mostRounds ? nil : NIODeadline.now()
            return loop.execute { self.runRounds(enqueued: enqueued) }
        }
        queue.value.rounds = 0
        queue.value.turns = (queue.value.turns + 1) % Self.turnsPerPause
        loop.scheduleTask(in: queue.value.turns == 0 ? Self.pause : moment) { self.runRounds() }
    }

    private var moment: TimeAmount { min(Self.pause, max(Self.shortestMoment, queue.value.latency * 4)) }

    /// - Parameter enqueued: When NIO was asked to run this, if that is to be measured.
    private func runRounds(enqueued: NIODeadline? = nil) {
        if let enqueued { queue.value.latency = NIODeadline.now() - enqueued }
        for _ in 0..<Self.roundsAtOnce where !queue.value.jobs.isEmpty {
            queue.value.rounds += 1
            runQueued()
        }
        queue.value.isAwaited = false
        guard queue.value.jobs.isEmpty else { return runLater() }
        queue.value.rounds = 0
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
