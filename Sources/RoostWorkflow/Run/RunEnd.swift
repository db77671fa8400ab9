public import Roost
public import RoostData

/// The end of a run before the end of its workflow: everything that was done is undone, the last first, and then the run is completed.
public struct RunEnd: Error {
    /// The result, as JSON.
    let output: String
    let closing: (@Sendable (Transaction) async throws -> Void)?
}

extension Run {
    /// Ends the run with a result, after everything is undone. Throw what this returns.
    /// - Parameters:
    ///   - output: The result, of the workflow's type.
    ///   - closing: Changes that are committed together with the end of the run.
    public func end(_ output: some Schema, _ closing: (@Sendable (Transaction) async throws -> Void)? = nil) -> RunEnd {
        RunEnd(output: JSON.text(output), closing: closing)
    }
}
