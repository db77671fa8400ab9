public import Roost
import RoostData
import RoostWork

/// The error of a workflow that took another path than a run had recorded.
public struct ReplayDivergence: Error, Hashable, CustomStringConvertible {
    /// What was recorded, and what was asked for instead.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension RecordedRun {
    /// Runs a workflow with the recorded results, without a database: the bodies of steps do not run, and each step returns what it returned then.
    /// The code around the steps runs as usual.
    ///
    /// The replay ends where the record ends. If the run had ended, the workflow must end in the same way.
    /// - Parameter workflow: The workflow. The services that its steps call are not used.
    /// - Throws: A `ReplayDivergence` that says where the workflow takes another path than recorded.
    public func replay<Flow: Workflow>(_ workflow: Flow) async throws {
        guard (Flow.name, Flow.version) == (name, version) else {
            throw ReplayDivergence("The run is one of \(name), version \(version), and not of \(Flow.name), version \(Flow.version).")
        }
        let database = try await Database(driver: AbsentDatabase())
        let records = try steps.enumerated().map { index, step in try step.record(number: index + 1) }
        let state = RunState(records, isCancelRequested: false, failures: 0, isReplay: true)
        let run = Run(
            id: id, hasParent: false, state: state, store: RunStore(database: database) { _, _ in },
            job: ClaimedJob(detached: RunJob(), id: id, in: database))
        let ending: Ending
        do {
            let value = try JSON.decode(Flow.Input.self, from: Array(input.utf8))
            state.enterRoot()
            ending = .completed(JSON.text(try await workflow.run(value, in: run)))
        } catch let failure as DecodingFailure {
            throw ReplayDivergence("The input cannot be read as \(Flow.Input.self): \(failure.problem)")
        } catch {
            ending = await end(of: run, after: error)
        }
        try check(ending, state)
    }

    /// How a workflow ends without a database.
    private enum Ending {
        case completed(String)
        case cancelled
        case failed(String)
        /// It is tried again.
        case retried(String)
    }

    private func end(of run: Run, after error: any Error) async -> Ending {
        let ending: Ending =
            switch error {
            case let end as RunEnd: .completed(end.output)
            case is RunCancelled: .cancelled
            case _ where FailureKind(of: error) == .permanent: .failed(FailureKind.reason(of: error))
            default: .retried(FailureKind.reason(of: error))
            }
        if case .retried = ending { return ending }
        // What was not undone interrupts the run.
        if run.state.interruption == nil { try? await run.undo() }
        return ending
    }

    private func check(_ ending: Ending, _ state: RunState) throws(ReplayDivergence) {
        if let interruption = state.interruption { return try check(interruption, state) }
        try checkLeftOver(state)
        guard status.isFinal else { return }
        switch (ending, status) {
        case (.completed(let output), .completed):
            guard output == self.output else {
                throw ReplayDivergence("The run had returned \(self.output ?? "nothing"), and returns \(output) now.")
            }
        case (.cancelled, .cancelled), (.failed, .failed): return
        case (.completed, _): throw ReplayDivergence("The run had ended as \(status.rawValue), and is completed now.")
        case (.cancelled, _): throw ReplayDivergence("The run had ended as \(status.rawValue), and is cancelled now.")
        case (.failed(let reason), _), (.retried(let reason), _):
            throw ReplayDivergence("The run had ended as \(status.rawValue), and fails now: \(reason)")
        }
    }

    private func check(_ interruption: RunInterruption, _ state: RunState) throws(ReplayDivergence) {
        switch interruption {
        case .replayed(let step?):
            guard status.isFinal else { return }
            throw ReplayDivergence("The run had ended as \(status.rawValue) after its recorded steps, and asks for \(step) now.")
        case .replayed(nil):
            try checkLeftOver(state)
            guard status.isFinal, status != .completed, status != .cancelled else { return }
            throw ReplayDivergence("The run had ended as \(status.rawValue), and is completed now.")
        case .diverged(let reason): throw ReplayDivergence(reason)
        case .stuck(let reason):
            if status.isFinal { throw ReplayDivergence("The run had ended as \(status.rawValue), and is stuck now: \(reason)") }
        case .waits, .retries, .failed, .lost, .stopped, .over: return
        }
    }

    private func checkLeftOver(_ state: RunState) throws(ReplayDivergence) {
        guard let step = state.leftOver.first else { return }
        throw ReplayDivergence("The run had recorded the step \(step), which is not asked for any more.")
    }
}

/// The database of a run that is replayed. It has no rows, and refuses changes.
private struct AbsentDatabase: DatabaseDriver {
    private static let refusal = DatabaseError(.closed, "a run that is replayed has no database")

    let dialect = Dialect.sqlite

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result { throw Self.refusal }

    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        guard access == .read else { throw Self.refusal }
        return StatementResult(rows: [], changes: 0)
    }

    func signals(_ channel: String) -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    func close() async {}
}
