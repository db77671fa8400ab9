public import Roost

extension RetryPolicy {
    /// Tries without a limit, with pauses that grow from 100 milliseconds to a minute.
    public static let forever = RetryPolicy(attempts: .max, backoff: Backoff(longest: .seconds(60)))
}

extension Run {
    /// Runs a step. If it was recorded, it returns or throws what was recorded instead.
    ///
    /// The body runs at least once: if the process dies before its result is recorded, it runs again. So it must be safe to repeat, for example
    /// because the service that it calls recognizes the order. After a transient failure, it is tried again; a permanent one is recorded and thrown.
    /// - Parameters:
    ///   - name: The name of the step, which never changes.
    ///   - key: Distinguishes steps with the same name in a run.
    ///   - limit: The time limit of each attempt; `nil` for none.
    ///   - retry: How often the step is tried, and the pauses between attempts. The last transient failure is recorded like a permanent one.
    ///   - body: The work.
    /// - Returns: What the body returned.
    /// - Throws: A `StepFailure` if the step failed for good; `RunCancelled`; or an error that interrupts the run.
    public func step<Value: Schema>(
        _ name: String, key: String = "", within limit: Duration? = nil, retry: RetryPolicy = .forever,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await perform(StepKey(name: name, key: key), limit, retry, .schema, undo: nil, body)
    }

    /// Runs a step that returns nothing; see the other overload.
    public func step(
        _ name: String, key: String = "", within limit: Duration? = nil, retry: RetryPolicy = .forever,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await perform(StepKey(name: name, key: key), limit, retry, .nothing, undo: nil, body)
    }

    /// Runs a step that can be undone. If it was recorded, it returns or throws what was recorded instead.
    /// - Parameters:
    ///   - name: The name of the step, which never changes.
    ///   - key: Distinguishes steps with the same name in a run.
    ///   - limit: The time limit of each attempt; `nil` for none.
    ///   - retry: How often the step is tried, and the pauses between attempts.
    ///   - body: The work.
    ///   - undo: Undoes the work. It is registered before the body runs, so it must also be right if the body never took effect. It is tried
    ///     for as long as it takes.
    /// - Returns: What the body returned.
    /// - Throws: A `StepFailure` if the step failed for good; `RunCancelled`; or an error that interrupts the run.
    public func step<Value: Schema>(
        _ name: String, key: String = "", within limit: Duration? = nil, retry: RetryPolicy = .forever,
        _ body: @escaping @Sendable () async throws -> Value, undo: @escaping @Sendable () async throws -> Void
    ) async throws -> Value {
        try await perform(StepKey(name: name, key: key), limit, retry, .schema, undo: undo, body)
    }

    /// Runs a step that returns nothing and can be undone; see the other overload.
    public func step(
        _ name: String, key: String = "", within limit: Duration? = nil, retry: RetryPolicy = .forever,
        _ body: @escaping @Sendable () async throws -> Void, undo: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await perform(StepKey(name: name, key: key), limit, retry, .nothing, undo: undo, body)
    }

    private func perform<Value: Sendable>(
        _ step: StepKey, _ limit: Duration?, _ retry: RetryPolicy, _ codec: ResultCodec<Value>,
        undo: (@Sendable () async throws -> Void)?, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (answer, isSequential) = try state.ask(step, .step)
        func register() { if let undo { state.register(RunState.Undo(step: step, body: undo)) } }
        switch answer {
        case .recorded(let outcome):
            if case .cancelled(mayHaveBegun: false) = outcome {} else { register() }
            if case .abandoned = outcome { try await waitUntilAbandoned(step) }
            return try value(of: outcome, step, codec)
        case .cancelled:
            // An earlier attempt may have begun the step.
            if state.isTakenUp { register() }
            throw RunCancelled()
        case .new: break
        }
        // What the steps before it returned must be durable before it begins.
        try await flush()
        if state.takeCancel(at: step, .step, isSequential: isSequential, mayHaveBegun: state.isTakenUp) {
            if state.isTakenUp { register() }
            throw RunCancelled()
        }
        register()
        let result = try await attempts(of: step, limit, retry, isSequential: isSequential, body)
        DurablePlace.stepDone.reach()
        let outcome = result.map { StepOutcome.done(codec.encode($0)) }
        let record = StepRecord(
            step: step, kind: .step, outcome: (try? outcome.get()) ?? .failed(RecordedFailure(result.failure)), isSequential: isSequential)
        // The next step writes it, or the end of the run; others that are under way may take longer.
        if state.record(record, endsBody: true) { try await flush() }
        return try value(of: record.outcome, step, result)
    }

    private func value<Value>(of outcome: StepOutcome, _ step: StepKey, _ result: Result<Value, any Error>) throws -> Value {
        if case .failed(let failure) = outcome { throw failure.error(of: step) }
        return try result.get()
    }

    /// Runs the body of a step until it succeeds or fails for good.
    /// - Returns: What it returned, or the error to record.
    /// - Throws: The interruption of the run; `RunCancelled`.
    private func attempts<Value: Sendable>(
        of step: StepKey, _ limit: Duration?, _ retry: RetryPolicy, isSequential: Bool, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Result<Value, any Error> {
        state.beginBody()
        // Those of another step, or of the database, do not count here.
        var failed = waitedFor == Self.anotherAttempt(at: step) ? state.failures : 0
        while true {
            do {
                if let limit { return .success(try await RequestContext.currentOrNew.run(within: limit, body)) }
                return .success(try await body())
            } catch {
                if let interruption = state.interruption { throw interruption }
                if Task.isCancelled { throw abandon(step, isSequential: isSequential) }
                failed += 1
                if FailureKind(of: error) == .permanent || failed >= retry.attempts { return .failure(error) }
                try await pause(after: error, of: step, failed, retry, isSequential: isSequential)
            }
        }
    }

    /// Records that the task of a step was cancelled.
    /// - Returns: The error to throw.
    private func abandon(_ step: StepKey, isSequential: Bool) -> any Error {
        if let interruption = state.interruption { return interruption }
        // Only the worker cancels the workflow's own task.
        if state.isRootTask { return state.interrupt(.stopped) }
        state.record(StepRecord(step: step, kind: .step, outcome: .abandoned, isSequential: isSequential), endsBody: true)
        return CancellationError()
    }

    /// Waits for the next attempt at a step, unless the run is cancelled.
    private func pause(after error: any Error, of step: StepKey, _ failed: Int, _ retry: RetryPolicy, isSequential: Bool) async throws {
        let reason = FailureKind.reason(of: error), pause = retry.backoff.pause(after: failed)
        RequestContext.currentLogger.info(
            "The step \(step.label) failed, attempt \(failed): \(reason). Next try in \(pause.roundedSeconds) s.")
        if pause > Self.longestWait, !state.wantsCancel {
            throw state.interrupt(.retries(step, after: pause, failures: failed, reason: "\(step.label): \(reason)"))
        }
        if state.isCancelDelivered {
            try? await store.database.clock.sleep(for: pause)
        } else {
            // A cancellation ends the wait.
            _ = await state.cancelled.wait(by: .now + pause)
        }
        if Task.isCancelled { throw abandon(step, isSequential: isSequential) }
        try await checkClaim()
        if state.takeCancel(at: step, .step, isSequential: isSequential, mayHaveBegun: true) {
            state.endBody()
            throw RunCancelled()
        }
    }
}

extension Run {
    /// What a run with a failed step waits for.
    static func anotherAttempt(at step: StepKey) -> String { "another attempt at the step \(step.label)" }

    /// How long a step whose task was cancelled when it ran first waits for that to happen again.
    private static let patience = Duration.seconds(10)

    /// Waits until the task is cancelled, as it was when the step ran: the error that caused it has to come first again.
    /// - Throws: The interruption of the run if that does not happen.
    private func waitUntilAbandoned(_ step: StepKey) async throws {
        do {
            repeat { try await store.database.clock.sleep(for: Self.patience) } while state.hasOpenBodies
        } catch { return }
        throw state.interrupt(.diverged("The step \(step.label) was cancelled together with others, and is not any more."))
    }
}

extension Result where Failure == any Error {
    fileprivate var failure: any Error {
        switch self {
        case .success: CancellationError()
        case .failure(let error): error
        }
    }
}
