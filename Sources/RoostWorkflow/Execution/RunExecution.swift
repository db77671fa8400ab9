import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Works on one run for as long as it can go on.
struct RunExecution: Sendable {
    let workflow: RegisteredWorkflow
    let store: RunStore
    let active: ActiveRuns

    /// How many times in a row the process may die while it works on a run.
    static let mostCrashes = 3

    /// Takes up a run.
    /// - Throws: An error of the database, after which the run is tried again.
    func execute(_ job: ClaimedJob<RunJob>) async throws {
        guard let loaded = try await store.load(job.id) else { return }
        let state = RunState(loaded.records, isCancelRequested: loaded.isCancelRequested, failures: job.attempt - 1)
        let run = Run(
            id: job.id, hasParent: loaded.hasParent, state: state, store: store, job: job, waitedFor: loaded.waitsFor,
            clockOffset: loaded.now.timeIntervalSince(store.database.clock.now))
        guard job.crashes < Self.mostCrashes else {
            let reason = "The process died \(job.crashes) times in a row while it worked on the run."
            return try await hold(run, as: .stuck, because: reason, crashes: job.crashes)
        }
        active.add(state, as: job.id)
        defer { active.remove(state, as: job.id) }
        let result: Result<String, any Error>
        do {
            state.enterRoot()
            result = .success(
                try await withTaskCancellationHandler {
                    try await workflow.body(loaded.input, run)
                } onCancel: {
                    state.interrupt(.stopped)
                })
        } catch {
            result = .failure(error)
        }
        do {
            try await finish(run, result)
        } catch let interruption as RunInterruption {
            try await stop(run, interruption)
        }
    }

    /// Ends a run with the result of its workflow.
    /// - Throws: A `RunInterruption` if it could not be ended.
    private func finish(_ run: Run, _ result: Result<String, any Error>) async throws {
        if run.state.isEnded { return }
        if let interruption = run.state.interruption { throw interruption }
        switch result {
        case .success(let output):
            try run.checkEnd()
            try await end(run, as: .completed(output))
        case .failure(let end as RunEnd):
            try await run.undo()
            try await self.end(run, as: .completed(end.output), end.closing)
        case .failure(is RunCancelled):
            try await run.undo()
            try await end(run, as: .cancelled)
        case .failure(let error):
            let reason = FailureKind.reason(of: error)
            guard FailureKind(of: error) == .permanent else { throw RunInterruption.failed(error) }
            RequestContext.currentLogger.error("The run failed permanently: \(reason). What it had done is undone.")
            try await run.undo()
            try await end(run, as: .failed(reason))
        }
    }

    private func end(
        _ run: Run, as ending: RunStore.Ending, _ closing: (@Sendable (Transaction) async throws -> Void)? = nil
    ) async throws {
        let records = await run.writing()
        var isWritten = false
        defer { run.state.endWriting(records, isWritten: isWritten) }
        try await run.guarded {
            try await store.database.transaction { transaction in
                try await closing?(transaction)
                try await store.end(run, as: ending, records, in: transaction)
            }
        }
        isWritten = true
        run.ended()
    }

    /// Gives a run back.
    private func stop(_ run: Run, _ interruption: RunInterruption) async throws {
        switch interruption {
        case .waits(let cause, let date):
            let due: SQL = if let date { "CAST(\(date) AS BIGINT)" } else { "\(JobTime.never)" }
            try await suspend(run, until: due, as: .running, waitingFor: cause)
        case .retries(let step, let pause, let failures, let reason):
            let due: SQL = "\(store.database.sharedTime) + \(pause.milliseconds)"
            try await suspend(
                run, until: due, failures: failures, as: .running, because: reason, waitingFor: Run.anotherAttempt(at: step))
        case .diverged(let reason): try await hold(run, as: .diverged, because: reason)
        case .stuck(let reason): try await hold(run, as: .stuck, because: reason)
        case .failed(let error):
            guard FailureKind(of: error) == .transient else {
                // The records may be the reason.
                return try await hold(run, as: .stuck, because: FailureKind.reason(of: error)) { _ in false }
            }
            throw error
        case .lost, .replayed: throw DatabaseError.jobLost
        case .over: break
        case .stopped:
            try await withCancellationShield {
                // The worker has cancelled these steps, and no other step.
                try await suspend(run, until: "1", failures: run.state.failures, as: .running) { !$0.isAbandoned }
            }
        }
    }

    private func hold(
        _ run: Run, as status: RunStatus, because reason: String, crashes: Int = 0, keeping isKept: (StepRecord) -> Bool = { _ in true }
    ) async throws {
        let reason = FailureKind.reason(reason)
        RequestContext.currentLogger.error("The run is \(status.rawValue), and waits until somebody retries it: \(reason)")
        try await suspend(
            run, until: "\(JobTime.never)", as: status, because: reason, crashes: crashes, keeping: isKept)
    }

    private func suspend(
        _ run: Run, until due: SQL, failures: Int = 0, as status: RunStatus, because reason: String? = nil, waitingFor cause: String? = nil,
        crashes: Int = 0, keeping isKept: (StepRecord) -> Bool = { _ in true }
    ) async throws {
        let all = await run.writing(), records = all.filter(isKept)
        // What an earlier attempt, or an interrupted step, may have begun must be undone if the run is cancelled.
        let mayHaveBegun = run.state.failures > 0 || run.state.hasOpenBodies || records.count < all.count
        defer { run.state.endWriting([], isWritten: true) }
        try await store.suspend(
            run, records, until: due, failures: max(failures, mayHaveBegun ? 1 : 0), crashes: crashes, as: status,
            because: reason, waitingFor: cause)
        run.job.settle()
    }
}
