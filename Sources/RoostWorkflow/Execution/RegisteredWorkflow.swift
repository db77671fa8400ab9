import Roost
import RoostData
import RoostWork

/// A workflow with its types erased, and the queue of its runs.
struct RegisteredWorkflow: Sendable {
    let name: String
    let version: Int
    let queue: WorkQueue<RunJob>
    /// Runs it with an input, and returns its output, both as JSON.
    let body: @Sendable (_ input: String, Run) async throws -> String
    /// The limits of its runs.
    let limits: QueueLimits?
    /// Returns the place that a run with an input needs.
    let place: @Sendable (_ input: String) throws -> QueuePlace?

    init<Flow: Workflow>(_ workflow: Flow, in database: Database, _ options: WorkOptions) {
        name = Flow.name
        version = Flow.version
        queue = WorkQueue(RunStore.queue(Flow.name, Flow.version), in: database, options: options)
        body = { input, run in
            let value: Flow.Input
            do {
                value = try JSON.decode(Flow.Input.self, from: Array(input.utf8))
            } catch {
                throw run.state.interrupt(
                    .diverged("The input of the run cannot be read as \(Flow.Input.self): \(FailureKind.reason(of: error))"))
            }
            return JSON.text(try await workflow.run(value, in: run))
        }
        limits = Flow.queue?.limits
        place = { input in
            guard let queue = Flow.queue else { return nil }
            return queue.place(for: try JSON.decode(Flow.Input.self, from: Array(input.utf8)))
        }
    }
}
