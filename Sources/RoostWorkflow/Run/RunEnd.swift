public import Roost
public import RoostData

/// Ends a run early: everything that was done is undone, the last first, and then the run is completed.
public struct RunEnd: Error {
    /// The result, as JSON.
    let output: String
    let closing: (@Sendable (Transaction) async throws -> Void)?
}

extension Run {
    /// Stops the run with the status `stuck`, until somebody retries it or a process of the service starts. Nothing is undone. The workflow throws
    /// what this returns.
    /// - Parameter reason: Why the run cannot go on, for those who operate the service.
    /// - Returns: The error to throw.
    public func hold(because reason: String) -> any Error { state.interrupt(.stuck(reason)) }

    /// Ends the run with a result, after everything is undone. The workflow throws what this returns.
    /// - Parameters:
    ///   - output: The result, which must be of the workflow's type `Output`.
    ///   - closing: Makes changes that are committed together with the end of the run.
    /// - Returns: The error to throw.
    public func end(_ output: some Schema, _ closing: (@Sendable (Transaction) async throws -> Void)? = nil) -> RunEnd {
        RunEnd(output: JSON.text(output), closing: closing)
    }
}
