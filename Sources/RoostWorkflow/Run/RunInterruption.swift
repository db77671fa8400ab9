import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a run stops before its end. Every later call of the run's functions throws it again, and whatever the workflow returns or throws then is
/// ignored.
enum RunInterruption: Error, Sendable {
    /// The run waits for something that wakes it, or until a time.
    case waits(for: String, until: Date?)
    /// A step failed, and is tried again.
    case retries(StepKey, after: Duration, failures: Int, reason: String)
    /// The run took another path than recorded.
    case diverged(String)
    /// The run cannot go on: an undo failed permanently, or the workflow holds it.
    case stuck(String)
    /// The database failed.
    case failed(any Error)
    /// Another worker has the run.
    case lost
    /// The record that is replayed has ended, at a step or at the end of the run.
    case replayed(at: String?)
    /// The worker stops.
    case stopped
    /// The run has ended, but its workflow goes on.
    case over
}

/// The error that the next step of a cancelled run throws, once. A workflow can catch it to end in its own way, and can use the run's functions
/// for that.
public struct RunCancelled: Error, Hashable, CustomStringConvertible {
    /// The text for logs.
    public var description: String { "The run was cancelled." }
}
