import Synchronization

/// A result that is set once, of which the first one counts, and the tasks that wait for it.
///
/// Any number of tasks can wait. One that is cancelled, or whose deadline passes, leaves without affecting the others.
package final class Promise<Value: Sendable>: Sendable {
    /// The value, or the reason why there will be none.
    package typealias Outcome = Result<Value, any Error>

    private let known = Mutex<Outcome?>(nil)
    private let latch = Latch()

    /// Creates a promise without a result.
    package init() {}

    /// The result, or `nil` if there is none yet.
    package var outcome: Outcome? { known.withLock { $0 } }

    /// Sets the result, unless there is one already, and resumes the tasks that wait for it.
    /// - Returns: Whether it is this result that counts.
    @discardableResult
    package func fulfill(_ outcome: Outcome) -> Bool { settle(outcome).isFirst }

    /// Waits for the value until a deadline.
    /// - Parameters:
    ///   - deadline: The end of the wait, or `nil` for no limit.
    ///   - late: The error after the deadline.
    /// - Throws: The error of the result; `late`; a `CancellationError` if the task is cancelled first.
    package func value(
        by deadline: ContinuousClock.Instant? = nil, orThrow late: @autoclosure () -> any Error = CancellationError()
    ) async throws -> Value {
        while true {
            if let outcome { return try outcome.get() }
            switch await latch.wait(by: deadline) {
            case .opened: continue
            case .late: throw late()
            case .cancelled: throw CancellationError()
            }
        }
    }

    /// Waits until a deadline for a value that is meant for this task only. If the task gives up, the promise has a result: `fulfill(_:)`
    /// returns `false`, and the value can be given to another task. If both happen at once, one of them counts.
    /// - Parameters:
    ///   - deadline: The end of the wait, or `nil` for no limit.
    ///   - late: The error after the deadline.
    /// - Throws: The error of the result; `late`; a `CancellationError` if the task is cancelled first.
    package func claim(
        by deadline: ContinuousClock.Instant? = nil, orThrow late: @autoclosure () -> any Error = CancellationError()
    ) async throws -> Value {
        do {
            return try await value(by: deadline, orThrow: late())
        } catch {
            return try settle(.failure(error)).outcome.get()
        }
    }

    /// Sets the result, unless there is one already.
    /// - Returns: The result that counts.
    private func settle(_ outcome: Outcome) -> (isFirst: Bool, outcome: Outcome) {
        let earlier = known.withLock { known -> Outcome? in
            let earlier = known
            if earlier == nil { known = outcome }
            return earlier
        }
        if let earlier { return (false, earlier) }
        latch.open()
        return (true, outcome)
    }
}
