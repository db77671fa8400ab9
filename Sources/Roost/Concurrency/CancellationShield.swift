/// Runs an operation to its end even if the current task is cancelled: the operation has a task of its own, with the priority and the task-local
/// values of this one. (Swift 6.4 has `withTaskCancellationShield` for it, SE-0504.)
///
/// It is for what must be recorded or given back when work ends, and therefore also when work is cancelled. The operation limits its time itself.
/// - Parameter isDetached: Whether the operation runs without the priority and the task-local values of this task.
package func withCancellationShield<Result: Sendable, Failure: Error>(
    isDetached: Bool = false, _ operation: @escaping @Sendable () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    let outcome = { @Sendable () -> Swift.Result<Result, Failure> in
        do throws(Failure) { return .success(try await operation()) } catch { return .failure(error) }
    }
    let task = isDetached ? Task.detached(operation: outcome) : Task(operation: outcome)
    return try await task.value.get()
}
