import Roost
import RoostWork

/// A run that is about to be started.
struct NewRun: Sendable {
    let workflow: String
    let version: Int
    let id: String
    let input: String
    /// The run that waits for this one.
    var parent: String?
    /// The place in a queue that the run waits for.
    var place: QueuePlace?
    /// The queue of its job.
    var queue: String { RunStore.queue(workflow, version) }
}

extension NewRun {
    init<Flow: Workflow>(_ workflow: Flow.Type, _ input: Flow.Input, id: String, parent: String? = nil) {
        self.init(
            workflow: Flow.name, version: Flow.version, id: id, input: JSON.text(input), parent: parent,
            place: Flow.queue?.place(for: input))
    }
}

/// The job of a run: its identifier is that of the run.
@Schema
struct RunJob {}
