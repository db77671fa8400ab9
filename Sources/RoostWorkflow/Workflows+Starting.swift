public import Roost
public import RoostData
import RoostWork

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Workflows {
    /// Starts a run with a transaction: it starts after the commit, or never if the transaction is rolled back.
    ///
    /// If the workflow already has a run with this identifier, this does nothing.
    /// - Parameters:
    ///   - workflow: The workflow.
    ///   - input: The input of the run.
    ///   - id: The identifier of the run, unique in the database; a new one by default.
    ///   - transaction: The transaction.
    /// - Returns: Whether there was no run with this identifier.
    /// - Throws: A `Problem` with status 409 if the identifier is that of another workflow's run; a `DatabaseError`.
    @discardableResult
    public func start<Flow: Workflow>(
        _ workflow: Flow.Type, _ input: Flow.Input, id: String = UUID.v7().text, in transaction: Transaction
    ) async throws -> Bool {
        let run = NewRun(workflow, input, id: id)
        let isNew = try await RunStore.start(run, in: transaction)
        if isNew { transaction.onCommit { [store] in store.wake(Flow.name, Flow.version) } }
        return isNew
    }

    /// Starts a run in a transaction of its own; see the other overload.
    @discardableResult
    public func start<Flow: Workflow>(_ workflow: Flow.Type, _ input: Flow.Input, id: String = UUID.v7().text) async throws -> Bool {
        try await store.database.transaction { try await start(workflow, input, id: id, in: $0) }
    }

    /// Sends a signal to a run with a transaction. It is kept until the run asks for it.
    /// - Parameters:
    ///   - signal: The signal.
    ///   - id: The identifier of the run.
    ///   - transaction: The transaction.
    /// - Returns: Whether there is such a run that has not ended.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func send<Signal: WorkflowSignal>(_ signal: Signal, to id: String, in transaction: Transaction) async throws -> Bool {
        guard let run = try await RunStore.send(Signal.name, JSON.text(signal), to: id, in: transaction) else { return false }
        transaction.onCommit { [store] in store.wake(run.workflow, run.version) }
        return true
    }

    /// Sends a signal to a run in a transaction of its own; see the other overload.
    @discardableResult
    public func send(_ signal: some WorkflowSignal, to id: String) async throws -> Bool {
        try await store.database.transaction { try await send(signal, to: id, in: $0) }
    }

    /// Requests the cancellation of a run with a transaction. The run's next step throws `RunCancelled`; if the workflow does not catch it, everything
    /// is undone. A run that is about to end may still complete, unless it does so with `Run.complete(_:)`.
    /// - Parameters:
    ///   - id: The identifier of the run.
    ///   - transaction: The transaction.
    /// - Returns: Whether there is such a run that has not ended.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func cancel(_ id: String, in transaction: Transaction) async throws -> Bool {
        guard let run = try await RunStore.cancel(id, in: transaction) else { return false }
        transaction.onCommit { [store, active] in
            active.cancel(id)
            store.wake(run.workflow, run.version)
        }
        return true
    }

    /// Requests the cancellation of a run in a transaction of its own; see the other overload.
    @discardableResult
    public func cancel(_ id: String) async throws -> Bool { try await store.database.transaction { try await cancel(id, in: $0) } }
}
