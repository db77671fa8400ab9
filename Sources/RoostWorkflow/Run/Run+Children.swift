public import Roost

extension Run {
    /// Starts another workflow, and waits for its end. The run takes no slot of a worker while it waits.
    /// - Parameters:
    ///   - workflow: The workflow.
    ///   - input: The input of its run.
    ///   - key: Distinguishes several runs of the workflow that this run starts.
    /// - Returns: The result of the run.
    /// - Throws: A `StepFailure` if the other run has failed or was cancelled; `RunCancelled` if this run is cancelled, while the other one
    ///   continues; or an error that interrupts this run.
    public func child<Child: Workflow>(_ workflow: Child.Type, _ input: Child.Input, key: String = "") async throws -> Child.Output {
        let step = StepKey(name: "child \(Child.name)", key: key), child = "\(id)/\(Child.name)" + (key.isEmpty ? "" : "/\(key)")
        let (answer, isSequential) = try state.ask(step, .child)
        switch answer {
        case .recorded(let outcome): return try value(of: outcome, step, ResultCodec<Child.Output>.schema)
        case .cancelled: throw RunCancelled()
        case .new: break
        }
        let found = try await guarded { try await store.end(of: child) }
        guard let found, found.status.isFinal else {
            if found == nil { try await start(NewRun(Child.self, input, id: child, parent: id)) }
            throw state.interrupt(.waits(for: "the run \(child)", until: nil))
        }
        let outcome: StepOutcome
        if let output = found.output, found.status == .completed {
            outcome = .done(output)
        } else {
            outcome = .failed(
                RecordedFailure(status: Status.unprocessable.code, code: "child_\(found.status.rawValue)", detail: found.reason))
        }
        state.record(StepRecord(step: step, kind: .child, outcome: outcome, isSequential: isSequential))
        return try value(of: outcome, step, ResultCodec<Child.Output>.schema)
    }

    private func start(_ run: NewRun) async throws {
        try await flush()
        try await guarded {
            try await store.database.transaction { transaction in
                _ = try await RunStore.start(run, in: transaction)
            }
        }
        store.wake(run.workflow, run.version)
    }
}
