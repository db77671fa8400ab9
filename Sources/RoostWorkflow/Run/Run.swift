public import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run of a workflow. Its functions record what they return, so that nothing that was recorded is done again when the run is taken up again.
///
/// A step is identified by its name and, if a run asks for the name more than once, its key. Steps can run at the same time, in task groups
/// or with `async let`.
public struct Run: Sendable {
    /// The identifier of the run, unique in the service's database.
    public let id: String
    /// Whether another run waits for this one.
    let hasParent: Bool
    let state: RunState
    let store: RunStore
    let job: ClaimedJob<RunJob>
    /// What the run waited for when it was last given back.
    var waitedFor: String?
    /// How far the time that all workers share is ahead of the process's clock, in seconds.
    var clockOffset: TimeInterval = 0

    /// The longest pause between attempts during which the run keeps its slot.
    static let longestWait = Duration.milliseconds(250)

    /// The time that all workers share.
    var now: Date { store.database.clock.now.addingTimeInterval(clockOffset) }

    /// Writes the records that are not durable yet.
    /// - Throws: The interruption of the run.
    func flush() async throws {
        while true {
            let (records, isBegun, busy) = state.beginWriting(always: false)
            if let busy {
                await busy.wait()
                continue
            }
            guard isBegun else { return }
            var isWritten = false
            defer { state.endWriting(records, isWritten: isWritten) }
            if try await guarded({ try await store.write(records, of: self) }) { state.requestCancel() }
            DurablePlace.stepsRecorded.reach()
            isWritten = true
            return
        }
    }

    /// Runs a closure that uses the database. If it fails, the run is interrupted.
    func guarded<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            if let interruption = state.interruption { throw interruption }
            return try await body()
        } catch {
            throw interruption(for: error)
        }
    }

    /// Checks that the run still belongs to this worker, before something is tried again: the process may have been suspended meanwhile.
    func checkClaim() async throws {
        try await guarded {
            if try await store.database.first("SELECT 1 FROM roost_work WHERE \(job.fence)") == nil { throw DatabaseError.jobLost }
        }
    }

    /// Interrupts the run, because of an error of the engine or the database.
    /// - Returns: The interruption; a `CancellationError` if only a child task of the workflow was cancelled, for example because another one of
    ///   its group has failed.
    func interruption(for error: any Error) -> any Error {
        if let interruption = error as? RunInterruption { return state.interrupt(interruption) }
        if error.isJobLost { return state.interrupt(.lost) }
        guard Task.isCancelled || error is CancellationError else { return state.interrupt(.failed(error)) }
        if let interruption = state.interruption { return interruption }
        return state.isRootTask ? state.interrupt(.stopped) : CancellationError()
    }

    /// Reads what a step returned before.
    func value<Value>(of outcome: StepOutcome, _ step: StepKey, _ codec: ResultCodec<Value>) throws -> Value {
        switch outcome {
        case .failed(let failure): throw failure.error(of: step)
        case .cancelled: throw RunCancelled()
        case .abandoned: throw CancellationError()
        case .done(let json):
            do {
                return try codec.decode(json)
            } catch {
                throw state.interrupt(.diverged("What the step \(step.label) returned cannot be read as \(Value.self): \(error)"))
            }
        }
    }
}
