public import Roost
public import RoostData
import RoostWork

extension Run {
    /// Runs a step in a transaction of the service's own database: its changes and the record of the step are one commit, so they take effect
    /// exactly once.
    ///
    /// A step of the run does not begin while the transaction is in progress.
    /// - Parameters:
    ///   - name: The name of the step, which never changes.
    ///   - key: Distinguishes steps with the same name in a run.
    ///   - body: Runs the statements. It must have no other effects: use `Transaction.onCommit(_:)` for those.
    /// - Returns: What the body returned.
    /// - Throws: A `StepFailure` if the body failed permanently; `RunCancelled`; or an error that interrupts the run.
    @discardableResult
    public func transaction<Value: Schema>(
        _ name: String, key: String = "", _ body: @escaping @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        try await perform(StepKey(name: name, key: key), .schema, body)
    }

    /// Runs a step in a transaction, and returns nothing; see the other overload.
    public func transaction(
        _ name: String, key: String = "", _ body: @escaping @Sendable (Transaction) async throws -> Void
    ) async throws {
        try await perform(StepKey(name: name, key: key), .nothing, body)
    }

    /// Completes the run in a transaction of the service's own database: its changes and the end of the run are one commit. The workflow returns
    /// what this returns.
    ///
    /// A run that is to be cancelled is not completed, unless the workflow has caught `RunCancelled` and calls this again.
    /// - Parameter body: Runs the statements, and returns the result of the run.
    /// - Returns: The result of the run.
    /// - Throws: `RunCancelled`; a `StepFailure` if the body failed permanently; or an error that interrupts the run.
    public func complete<Output: Schema>(_ body: @escaping @Sendable (Transaction) async throws -> Output) async throws -> Output {
        let step = StepKey(name: Self.completion, key: state.nextCompletion())
        if state.isReplay, !state.isRecorded(step) {
            try checkEnd()
            throw state.interrupt(.replayed(at: nil))
        }
        let (answer, isSequential) = try state.ask(step, .transaction)
        switch answer {
        case .recorded(let outcome): return try value(of: outcome, step, .schema)
        case .cancelled: throw RunCancelled()
        case .new: break
        }
        try checkEnd()
        let records = await writing()
        var isWritten = false
        defer { state.endWriting(records, isWritten: isWritten) }
        do {
            let output = try await store.database.transaction { transaction in
                let output = try await body(transaction)
                try await store.end(
                    self, as: .completed(JSON.text(output)), records, exceptIfCancelled: !state.isCancelDelivered, in: transaction)
                return output
            }
            isWritten = true
            ended()
            return output
        } catch is RunCancelled {
            state.requestCancel()
            _ = state.takeCancel(at: step, .transaction, isSequential: isSequential, mayHaveBegun: false)
            throw RunCancelled()
        } catch  where FailureKind(of: error) == .permanent && !error.isJobLost {
            let failure = RecordedFailure(error)
            state.record(StepRecord(step: step, kind: .transaction, outcome: .failed(failure), isSequential: isSequential))
            throw failure.error(of: step)
        } catch {
            throw interruption(for: error)
        }
    }

    /// The step that is recorded if `complete` fails or is cancelled, so that the run does not complete when it is taken up again.
    private static let completion = "complete the run"

    /// Checks that the run may end here.
    /// - Throws: The interruption of the run, if it has one or recorded steps were not asked for.
    func checkEnd() throws(RunInterruption) {
        if let interruption = state.interruption { throw interruption }
        if state.isEnded { throw state.interrupt(.over) }
        guard let unseen = state.leftOver.first else { return }
        throw state.interrupt(.diverged("The run ends, but its recorded step \(unseen) was not asked for."))
    }

    /// Notes that the end of the run is committed.
    func ended() {
        DurablePlace.runEnded.reach()
        state.isEnded = true
        job.settle()
    }

    /// Waits until this is the only writer of the run's records.
    /// - Returns: The records that are not written yet.
    func writing() async -> [StepRecord] {
        while true {
            let (records, _, busy) = state.beginWriting(always: true)
            guard let busy else { return records }
            await busy.wait()
        }
    }

    private func perform<Value: Sendable>(
        _ step: StepKey, _ codec: ResultCodec<Value>, _ body: @escaping @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        let (answer, isSequential) = try state.ask(step, .transaction)
        switch answer {
        case .recorded(let outcome): return try value(of: outcome, step, codec)
        case .cancelled: throw RunCancelled()
        case .new: break
        }
        let records = await writing()
        var isWritten = false, written: StepRecord?
        defer { state.endWriting(records, and: written, isWritten: isWritten) }
        do {
            let number = state.nextNumber()
            let (value, record, isCancelRequested) = try await store.database.transaction { transaction in
                let value = try await body(transaction)
                var record = StepRecord(step: step, kind: .transaction, outcome: .done(codec.encode(value)), isSequential: isSequential)
                record.number = number
                return (value, record, try await store.write(records + [record], of: self, in: transaction))
            }
            (isWritten, written) = (true, record)
            if isCancelRequested { state.requestCancel() }
            return value
        } catch  where FailureKind(of: error) == .permanent && !error.isJobLost {
            let failure = RecordedFailure(error)
            state.record(StepRecord(step: step, kind: .transaction, outcome: .failed(failure), isSequential: isSequential))
            throw failure.error(of: step)
        } catch {
            throw interruption(for: error)
        }
    }
}
