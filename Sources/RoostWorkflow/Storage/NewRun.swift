import Roost
import RoostWork

/// A run that is about to be started.
struct NewRun: Sendable {
    let workflow: String
    let version: Int
    let id: String
    let input: String
    /// The run that waits for it.
    var parent: String?
    /// The queue of its job.
    var queue: String { RunStore.queue(workflow, version) }
}

/// The job of a run: its identifier is that of the run.
@Schema
struct RunJob {}
