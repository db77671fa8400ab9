import Roost

extension Run {
    /// Undoes the steps so far, the last first. Each undo is recorded, and tried for as long as it takes.
    ///
    /// `end(_:_:)` and permanent failures do this by themselves.
    /// - Throws: An error that interrupts the run, for example because an undo failed permanently.
    public func undo() async throws {
        for undo in state.takeUndos() where !state.isUndone(undo.step) { try await perform(undo) }
    }

    private func perform(_ undo: RunState.Undo) async throws {
        let step = StepKey(name: undo.step.name, key: undo.step.key, isUndo: true)
        if state.isReplay { throw state.interrupt(.replayed(at: step.label)) }
        // The reason for the undo must be durable before it.
        try await flush()
        var failed = waitedFor == Self.anotherAttempt(at: step) ? state.failures : 0
        while true {
            do {
                if let interruption = state.interruption { throw interruption }
                try await undo.body()
                DurablePlace.stepUndone.reach()
                state.record(StepRecord(step: step, kind: .undo, outcome: .done("null"), isSequential: false))
                return
            } catch {
                if let interruption = state.interruption { throw interruption }
                if Task.isCancelled { throw state.interrupt(.stopped) }
                failed += 1
                let reason = "\(step.label): \(FailureKind.reason(of: error))"
                guard FailureKind(of: error) == .transient else { throw state.interrupt(.stuck(reason)) }
                let pause = RetryPolicy.forever.backoff.pause(after: failed)
                guard pause <= Self.longestWait else {
                    throw state.interrupt(.retries(step, after: pause, failures: failed, reason: reason))
                }
                try? await store.database.clock.sleep(for: pause)
                try await checkClaim()
            }
        }
    }
}
