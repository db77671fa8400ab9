import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a run stops before its end. Every later call of the run's functions throws it again, and what the workflow does with it is ignored.
enum RunInterruption: Error, Sendable {
    /// It waits for something that wakes it, or until a time.
    case waits(for: String, until: Date?)
    /// A step failed, and is tried again.
    case retries(StepKey, after: Duration, failures: Int, reason: String)
    /// It took another way than recorded.
    case diverged(String)
    /// What was done cannot be undone.
    case stuck(String)
    /// The database failed.
    case failed(any Error)
    /// Another worker has the run.
    case lost
    /// The record that is replayed has ended, at a step or at the end of the run.
    case replayed(at: String?)
    /// The worker stops.
    case stopped
    /// The run has ended, and the workflow goes on nevertheless.
    case over
}

/// The run was cancelled. It is thrown once, by the next step; a workflow can catch it to end in its own way, with the run's functions as
/// before.
public struct RunCancelled: Error, Hashable, CustomStringConvertible {
    /// The text for the log.
    public var description: String { "The run was cancelled." }
}
