public import Roost

/// The state of a run.
@Schema
public enum RunStatus: String, Sendable {
    /// The run is in progress, waits, or is about to be tried again.
    case running
    /// The run has returned a result.
    case completed
    /// The run ended with a permanent failure, and what it had done is undone.
    case failed
    /// The run was cancelled, and what it had done is undone.
    case cancelled
    /// The run took another path than recorded, and waits for the right version of the workflow.
    case diverged
    /// The run cannot go on: an undo failed permanently, the workflow holds it, or the process died three times in a row while it worked on the
    /// run. It waits until somebody retries it or, except in the last case, until a process of the service starts.
    case stuck

    /// Whether the run has ended.
    public var isFinal: Bool {
        switch self {
        case .running, .diverged, .stuck: false
        case .completed, .failed, .cancelled: true
        }
    }
}
