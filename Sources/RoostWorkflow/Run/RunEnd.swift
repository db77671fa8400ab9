public import Roost
public import RoostData

/// The end of a run before the end of its workflow: everything that was done is undone, the last first, and then the run is completed.
public struct RunEnd: Error {
    /// The result, as JSON.
    let output: String
    let closing: (@Sendable (Transaction) async throws -> Void)?
}

extension Run {
    /// Stops the run until somebody retries it, or until the next start: it has the status `stuck`, and nothing is undone. Throw what this
    /// returns.
    /// - Parameter reason: Why it cannot go on, for those who run the service.
    public func hold(because reason: String) -> any Error { state.interrupt(.stuck(reason)) }

    /// Ends the run with a result, after everything is undone. Throw what this returns.
    /// - Parameters:
    ///   - output: The result, of the workflow's type.
    ///   - closing: Changes that are committed together with the end of the run.
    public func end(_ output: some Schema, _ closing: (@Sendable (Transaction) async throws -> Void)? = nil) -> RunEnd {
        RunEnd(output: JSON.text(output), closing: closing)
    }
}
