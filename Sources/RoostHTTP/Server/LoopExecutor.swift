import NIOCore

/// Runs tasks on an event loop, so that a request is handled on the thread of its connection.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        /// Whether something will run the queued jobs.
        var isAwaited = false
        /// The number of consecutive rounds in which jobs queued further jobs.
        var rounds = 0
        /// The number of times that sockets were served since the last pause.
        var turns = 0
        /// The recent time until NIO executed something.
        var latency = TimeAmount.zero
    }

    /// The number of rounds before the loop serves its sockets. NIO does not do so as long as there is something to execute, and a handler
    /// that only yields must not block the others.
    private static let mostRounds = 64
    /// The number of rounds before the loop executes what others have queued.
    private static let roundsAtOnce = 4
    /// A task that is due in a moment is not executed yet, so NIO serves its sockets. The moment is four times as long as NIO takes to
    /// execute something, and over before NIO would wait for it.
    private static let shortestMoment = TimeAmount.microseconds(2)
    /// Even if the moment is very short, it is longer once in this number of times.
    private static let turnsPerPause = 32
    private static let pause = TimeAmount.microseconds(100)

    private let loop: any EventLoop
    /// Jobs that were enqueued on the loop itself, without a lock and a wake-up.
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

    /// Runs a closure and then, before it returns, the jobs that it enqueued: a handler that never waits responds within the read that
    /// received its request. Jobs that these enqueue, beyond a few rounds, run later.
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

    /// Runs queued jobs.
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
