import Foundation
import Roost
import RoostData
import Synchronization

/// What a writer's thread does.
extension Writer {
    func start() {
        let thread = Thread { [self] in serve() }
        thread.name = "sqlite"
        thread.start()
    }

    /// Opens the connection, and serves the queue with it until the writer is closed.
    private func serve() {
        do {
            let connection = try open(), group = CommitGroup(connection, file, limits)
            thread.begin(with: group)
            while step(group) {}
            for job in thread.end() { job.unit.runElsewhere([job.job]) }
            connection.close()
            end(DatabaseError(.closed, "the database is closed"))
        } catch {
            end(error)
        }
    }

    /// - Returns: `false` once the writer is closed.
    private func step(_ group: CommitGroup) -> Bool {
        runJobs()
        if let unit = group.active {
            if !thread.hasJobs { wait(for: unit, group) }
        } else if let unit = next(for: group) {
            unit.start(in: group)
        } else if !group.isEmpty {
            group.finish()
            // Those who waited for the commit need not wait for the checkpoint that may follow.
            runJobs()
            group.release()
            if waitingCount > 0 { group.pauseForOthers() }
        } else if !thread.hasJobs {
            return park()
        }
        return true
    }

    /// Runs a job of a unit that has begun, on the thread.
    func add(_ job: UnownedJob, of unit: UnitOfWork) {
        let job = Job(job: job, unit: unit)
        if thread.add(job) { return }
        let (isTaken, wakes) = state.withLock { state -> (Bool, Bool) in
            guard state.hasThread else { return (false, false) }
            state.jobs.append(job)
            return (true, state.wakes(for: .suspended))
        }
        if wakes { thread.wake() }
        if !isTaken { unit.runElsewhere([job.job]) }
    }

    /// Runs the jobs that are there. Those that they enqueue come later, so that a task which yields again and again holds up nobody.
    private func runJobs() {
        for job in thread.takeJobs() + takeJobs() { job.job.runSynchronously(on: job.unit.asUnownedTaskExecutor()) }
    }

    private func takeJobs() -> [Job] {
        state.withLock { state in
            guard !state.jobs.isEmpty else { return [] }
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    private func next(for group: CommitGroup) -> UnitOfWork? {
        state.withLock { state in
            guard let first = state.waiting.first, group.accepts(first) else { return nil }
            return state.waiting.removeFirst()
        }
    }

    /// Waits for a unit or a job.
    /// - Returns: `false` once the writer is closed.
    private func park() -> Bool {
        let (isParked, isClosed) = state.withLock { state -> (Bool, Bool) in
            guard state.waiting.isEmpty, state.jobs.isEmpty else { return (false, false) }
            if !state.isClosed { state.parking = .idle }
            return (!state.isClosed, state.isClosed)
        }
        if isParked { thread.park() }
        return !isClosed
    }

    /// Waits for a job while the body of a unit waits for something other than the database.
    private func wait(for unit: UnitOfWork, _ group: CommitGroup) {
        let start = ContinuousClock.now, earlier = group.waited
        defer { group.waited += .now - start }
        if parks(until: start + min(limits.grace, limits.idle - earlier)) { return }
        group.split()
        if earlier < limits.warning {
            if parks(until: start + limits.warning - earlier) { return }
            unit.warn(
                "A database transaction waits for something other than the database, and all others for it. Undone after \(limits.idle).")
        }
        if parks(until: start + limits.idle - earlier) { return }
        let reason = "the transaction waited for longer than \(limits.idle) in all for something other than the database, and was undone"
        group.expel(DatabaseError(.idleTransaction, reason))
    }

    /// Waits for a job until a point in time.
    /// - Returns: Whether there is one.
    private func parks(until instant: ContinuousClock.Instant) -> Bool {
        let isParked = state.withLock { state in
            guard state.jobs.isEmpty else { return false }
            state.parking = .suspended
            return true
        }
        guard isParked, !thread.park(until: instant) else { return true }
        let isWoken = state.withLock { state in
            defer { state.parking = .none }
            return state.parking == .none
        }
        // The signal of whoever woke the thread at the last moment is still to come, or there already.
        if isWoken { thread.park() }
        return isWoken
    }
}

extension DatabaseError.Code {
    /// The transaction waited too long for something other than the database, and was undone so that others can continue.
    static let idleTransaction = DatabaseError.Code(rawValue: "idle_transaction")
}
