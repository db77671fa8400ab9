import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Claims the jobs of one queue for one process, and runs their handlers.
actor WorkRunner {
    typealias Handler = @Sendable ([WorkStore.Row]) async throws -> Void

    private struct Active {
        let task: Task<Void, Never>
        let isReturning: Bool
        /// Whether no other job may run beside it.
        let isAlone: Bool
    }

    private let store: WorkStore
    private let options: WorkOptions
    /// The largest batch; `nil` if each job is handled by itself.
    private let batch: Int?
    private let handle: Handler
    private let worker = UUID.v7().text
    private let wake = Notifier()

    private var active: [Int: Active] = [:]
    private var nextNumber = 0
    private var presence: (number: Int64, hold: any PresenceHold)?
    private var isEntered = false
    /// Whether it is time to check the other workers.
    private var isTick = true
    /// When the next requested wake-up is due.
    private var alarm: Duration?
    /// The end of the pause after a batch that failed as a whole.
    private var pauseEnd: Duration?
    /// How often to look for changes that no signal announced.
    private var poll: Duration
    private var batchFailures = FailureStreak(.workers)

    init(store: WorkStore, options: WorkOptions, batch: Int?, handle: @escaping Handler) {
        self.store = store
        self.options = options
        self.batch = batch
        poll = options.poll
        self.handle = handle
    }

    /// Works until the task is cancelled.
    /// - Parameter signals: Signals that there may be something to do.
    func run(wokenBy signals: AsyncStream<Void>?...) async {
        let beats = Task { await beat() }
        let departures = store.database.presence?.departures()
        if store.isAnnounced, departures != nil { poll = max(options.poll, Self.slowPoll) }
        await withDiscardingTaskGroup { group in
            for case let signal? in signals { group.addTask { [wake] in for await _ in signal { wake.notify() } } }
            if let departures { group.addTask { for await _ in departures { await self.lookForOthers() } } }
            group.addTask { await self.tick() }
            group.addTask { await self.claimAll() }
        }
        await withCancellationShield { await self.drain() }
        beats.cancel()
        presence?.hold.release()
        presence = nil
    }

    // MARK: Claiming

    private func claimAll() async {
        var failures = FailureStreak(.workers)
        let wakes = wake.notifications()
        wake.notify()
        for await _ in wakes {
            if Task.isCancelled { return }
            do {
                try await step()
                failures.succeed()
            } catch {
                if Task.isCancelled { return }
                let pause = failures.fail()
                RequestContext.defaultLogger.error(
                    "The queue \(store.queue) cannot be read: \(error). Next try in \(pause.roundedSeconds) s.")
                guard (try? await clock.sleep(for: pause)) != nil else { return }
                wake.notify()
            }
        }
    }

    private var clock: any ServiceClock { store.database.clock }

    private var slots: Int { batch == nil ? options.concurrency : 1 }

    private func step() async throws {
        guard active.count < slots, !active.values.contains(where: \.isAlone), pauseEnd.map({ $0 <= clock.uptime }) ?? true else { return }
        if isTick {
            isTick = false
            try await evict(try await store.others(than: worker))
        }
        let look = try await store.look()
        // The job that is tried alone is claimed once the jobs in progress have ended.
        if look.hasSuspect, !active.isEmpty { return }
        if look.hasSuspect {
            let rows = try await claim(1, alone: true)
            if !rows.isEmpty { return begin(rows, alone: true) }
        }
        if look.isReady {
            let limit = batch ?? (slots - active.count)
            let rows = try await claim(limit)
            start(rows)
            if rows.count == limit { wake.notify() }
        }
        if let wait = look.wait, wait < poll { wakeUp(after: wait + .milliseconds(1)) }
    }

    private func claim(_ limit: Int, alone: Bool = false) async throws -> [WorkStore.Row] {
        if presence == nil, let engine = store.database.presence {
            let number = Int64.random(in: 0..<(1 << 62))
            presence = (number, try await engine.hold(number))
        }
        let returning = max(1, slots / 2) - active.values.count(where: \.isReturning)
        let number = presence?.number
        // A claim that is lost in a crash of the machine is lost together with its worker.
        let (rows, isNew) = try await claiming { [store, batch, worker, options] transaction in
            let rows =
                if alone {
                    try await store.claimSuspect(by: worker, in: transaction)
                } else if let batch {
                    try await store.claimBatch(batch, by: worker, in: transaction)
                } else {
                    try await store.claim(limit, returning: max(0, returning), by: worker, in: transaction)
                }
            if rows.isEmpty { throw NothingClaimed() }
            guard try await !store.renew(worker, for: options.lease, in: transaction) else { return (rows, false) }
            try await store.enter(worker, presence: number, for: options.lease, in: transaction)
            return (rows, true)
        }
        if !rows.isEmpty { DurablePlace.jobsClaimed.reach() }
        if isNew, isEntered { lose() }
        if isNew { isEntered = true }
        return rows
    }

    private struct NothingClaimed: Error {}

    /// Runs a transaction that claims jobs. One that claims none is not committed: a worker that commits wake would wake itself without end.
    private func claiming(
        _ body: @Sendable (Transaction) async throws -> (rows: [WorkStore.Row], isNew: Bool)
    ) async throws -> (rows: [WorkStore.Row], isNew: Bool) {
        do {
            return try await store.database.transaction(durability: .deferred, body)
        } catch is NothingClaimed {
            return ([], false)
        }
    }

    /// Takes the jobs of workers that have died or whose lease has expired.
    private func evict(_ others: [WorkStore.Other]) async throws {
        var dead: [String] = []
        for other in others where !other.isOver {
            guard let number = other.presence, let engine = store.database.presence else { continue }
            if try await !engine.isHeld(number) { dead.append(other.id) }
        }
        guard !dead.isEmpty || others.contains(where: \.isOver) else { return }
        let count = try await store.evict(dead: dead)
        if count > 0 {
            RequestContext.defaultLogger.info(
                "Taking over \(count) jobs of workers that have died or hang.", metadata: ["queue": "\(store.queue)"])
        }
    }

    // MARK: Handling

    private func start(_ rows: [WorkStore.Row]) {
        guard batch == nil else {
            if !rows.isEmpty { begin(rows) }
            return
        }
        for row in rows { begin([row]) }
    }

    private func begin(_ rows: [WorkStore.Row], alone: Bool = false) {
        nextNumber += 1
        let number = nextNumber
        let task = Task {
            do {
                try await handle(rows)
                batchFailures.succeed()
            } catch {
                await pause(after: error)
            }
            active[number] = nil
            wake.notify()
        }
        active[number] = Active(task: task, isReturning: rows.contains { $0.attempts > 1 }, isAlone: alone)
    }

    /// Pauses after a batch that failed as a whole.
    private func pause(after error: any Error) async {
        if Task.isCancelled { return }
        let pause = batchFailures.fail()
        pauseEnd = clock.uptime + pause
        wakeUp(after: pause)
        RequestContext.defaultLogger.error(
            "The queue \(store.queue) cannot process its jobs: \(error). Next try in \(pause.roundedSeconds) s.")
    }

    /// Ends the work on jobs after the worker's lease has expired and others have taken them.
    private func lose() {
        // A worker without jobs may let its lease expire.
        guard !active.isEmpty else { return }
        RequestContext.defaultLogger.warning(
            "The lease expired, so other workers may take its jobs.", metadata: ["queue": "\(store.queue)"])
        for job in active.values { job.task.cancel() }
    }

    private func drain() async {
        let tasks = active.values.map(\.task)
        if await !Self.wait(for: tasks, atMost: options.grace) {
            for task in tasks { task.cancel() }
            // A handler that ignores its cancellation continues alone: its writes to the job are fenced.
            _ = await Self.wait(for: tasks, atMost: Self.cancellationGrace)
        }
        guard isEntered else { return }
        do {
            try await store.leave(worker, as: options.interrupted)
        } catch {
            // Other workers take over its jobs, as those of a worker that has died.
            RequestContext.defaultLogger.warning("The queue \(store.queue) cannot be closed: \(error)")
        }
    }

    private static let cancellationGrace = Duration.seconds(1)

    /// Waits for tasks.
    /// - Returns: Whether all of them ended in time.
    private static func wait(for tasks: [Task<Void, Never>], atMost limit: Duration) async -> Bool {
        let ended = Latch()
        Task {
            for task in tasks { await task.value }
            ended.open()
        }
        return await ended.wait(by: .now + limit) == .opened
    }

    // MARK: Time

    private func beat() async {
        while (try? await clock.sleep(for: options.lease / 3)) != nil {
            guard !active.isEmpty, isEntered else { continue }
            do {
                let isKept = try await store.database.transaction(durability: .deferred) { [store, worker, options] in
                    try await store.renew(worker, for: options.lease, in: $0)
                }
                if !isKept {
                    isEntered = false
                    lose()
                }
            } catch {
                if Task.isCancelled { return }
                RequestContext.defaultLogger.warning("The lease of the queue \(store.queue) cannot be renewed: \(error)")
            }
        }
    }

    private func tick() async {
        var pruned: Duration?
        while (try? await clock.sleep(for: poll)) != nil {
            lookForOthers()
            try? await store.measureAge()
            if pruned.map({ $0 + Self.pruneInterval < clock.uptime }) ?? true {
                pruned = clock.uptime
                try? await store.prune(done: options.retention, dead: options.deadRetention)
            }
        }
    }

    private func lookForOthers() {
        isTick = true
        wake.notify()
    }

    /// How often to look where signals announce jobs and deaths: only for those that they missed.
    private static let slowPoll = Duration.seconds(2)
    private static let pruneInterval = Duration.seconds(600)

    private func wakeUp(after wait: Duration) {
        let now = clock.uptime, end = now + wait
        if let alarm, alarm > now, alarm <= end { return }
        alarm = end
        Task { [wake, clock] in
            try? await clock.sleep(for: wait)
            wake.notify()
        }
    }
}
