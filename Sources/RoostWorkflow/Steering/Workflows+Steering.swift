public import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Workflows {
    /// Takes up a run again at once if it is stuck, has diverged or waits for another attempt.
    /// - Parameter id: The identifier of the run.
    /// - Throws: A `Problem` with status 404 if there is no such run, or 409 if it has ended; a `DatabaseError`.
    public func retry(_ id: String) async throws {
        let run = try await store.database.transaction { transaction in
            guard let run = try await RunStore.retry(id, in: transaction) else {
                throw try await RunStore.refusal(of: id, in: transaction)
            }
            return run
        }
        store.wake(run.workflow, run.version)
    }

    /// Deletes what a run has recorded from a step on, and takes the run up again there. A request to cancel the run is withdrawn.
    ///
    /// The steps are done again and not undone: use this for steps that are safe to repeat, or that are known to have had no effect. A worker that
    /// has the run loses it; the body of a step that it is running may still take effect.
    /// - Parameters:
    ///   - id: The identifier of the run.
    ///   - step: The name of the first step to do again.
    ///   - key: The key of that step.
    /// - Throws: A `Problem` with status 404 if there is no such run, 409 if it has ended, or 422 if it has not recorded such a step; a
    ///   `DatabaseError`.
    public func retry(_ id: String, from step: String, key: String = "") async throws {
        let run = try await active.losing(id) {
            try await store.database.transaction { try await RunStore.retry(id, from: StepKey(name: step, key: key), in: $0) }
        }
        store.wake(run.workflow, run.version)
    }

    /// Starts a new run of the same workflow and version, with the same input and with what another run recorded before a step. The other run,
    /// which may have ended, stays as it is.
    /// - Parameters:
    ///   - id: The identifier of the other run.
    ///   - step: The name of the first step that the new run does itself.
    ///   - key: The key of that step.
    ///   - new: The identifier of the new run.
    /// - Returns: The identifier of the new run.
    /// - Throws: A `Problem` with status 404 if there is no such run, 409 if the new identifier is taken or this process does not have the
    ///   workflow, or 422 if the run has not recorded such a step; a `DatabaseError`.
    @discardableResult
    public func fork(_ id: String, from step: String, key: String = "", as new: String = UUID.v7().text) async throws -> String {
        let origin = try await store.database.transaction { transaction in
            let origin = try await RunStore.origin(of: id, in: transaction)
            guard let workflow = registered(origin.name, origin.version) else {
                throw Problem(.conflict, "This process does not have the workflow \(origin.name) in version \(origin.version).")
            }
            let run = NewRun(
                workflow: origin.name, version: origin.version, id: new, input: origin.input, place: try workflow.place(origin.input))
            try await RunStore.fork(id, from: StepKey(name: step, key: key), as: run, in: transaction)
            return origin
        }
        store.wake(origin.name, origin.version)
        return new
    }

    /// Waits for the end of a run, in whichever process it ends.
    /// - Parameters:
    ///   - id: The identifier of the run.
    ///   - workflow: Its workflow.
    ///   - limit: How long to wait at most.
    /// - Returns: The result of the run.
    /// - Throws: A `Problem` with status 404 if there is no such run, 504 if it has not ended in time, or 422 with the code `run_failed` or
    ///   `run_cancelled` if it ended without a result; a `DatabaseError`; a `CancellationError`.
    public func result<Flow: Workflow>(
        of id: String, _ workflow: Flow.Type = Flow.self, within limit: Duration
    ) async throws -> Flow.Output {
        let deadline = ContinuousClock.now + limit, commits = Notifier(), stream = store.database.commits()
        async let _: Void = { for await _ in stream { commits.notify() } }()
        while true {
            let seen = commits.count
            guard let end = try await store.end(of: id) else { throw RunStore.noRun(id) }
            if end.status.isFinal { return try Self.result(of: id, end) }
            let now = ContinuousClock.now
            guard now < deadline else { throw Problem(.gatewayTimeout, "The run \(id) has not ended in time.") }
            // Nothing tells of commits by other processes.
            await commits.wait(beyond: seen, by: min(deadline, now + Self.poll))
            try Task.checkCancellation()
        }
    }

    private static let poll = Duration.milliseconds(500)

    private static func result<Output: Schema>(
        of id: String, _ end: (status: RunStatus, output: String?, reason: String?)
    ) throws -> Output {
        guard let output = end.output, end.status == .completed else {
            let detail = "The run \(id) is \(end.status.rawValue)" + (end.reason.map { ": \($0)" } ?? ".")
            throw Problem(.unprocessable, detail, code: Problem.Code(rawValue: "run_\(end.status.rawValue)"))
        }
        do {
            return try JSON.decode(Output.self, from: Array(output.utf8))
        } catch {
            throw DatabaseError(.column, "the result of the run \(id) cannot be read as \(Output.self): \(error.problem)")
        }
    }
}
