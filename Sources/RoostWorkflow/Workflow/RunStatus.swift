public import Roost

/// The state of a run.
@Schema
public enum RunStatus: String, Sendable {
    /// It runs, waits, or is about to be tried again.
    case running
    /// It has returned a result.
    case completed
    /// It ended with a permanent failure, and what it had done is undone.
    case failed
    /// It was cancelled, and what it had done is undone.
    case cancelled
    /// It took another way than recorded, and waits for the right version of the workflow.
    case diverged
    /// What it had done cannot be undone. It waits until somebody retries it.
    case stuck

    /// Whether the run has ended.
    public var isFinal: Bool {
        switch self {
        case .running, .diverged, .stuck: false
        case .completed, .failed, .cancelled: true
        }
    }
}
