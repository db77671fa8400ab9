import Roost
import RoostData
import RoostWork

/// A workflow whose types are forgotten, and the queue of its runs.
struct RegisteredWorkflow: Sendable {
    let name: String
    let version: Int
    let queue: WorkQueue<RunJob>
    /// Runs it with an input, and returns its output, both as JSON.
    let body: @Sendable (_ input: String, Run) async throws -> String

    init(_ workflow: some Workflow, in database: Database, _ options: WorkOptions) {
        func register<Flow: Workflow>(_ workflow: Flow) -> (String, Int, @Sendable (String, Run) async throws -> String) {
            (
                Flow.name, Flow.version,
                { input, run in
                    let value: Flow.Input
                    do {
                        value = try JSON.decode(Flow.Input.self, from: Array(input.utf8))
                    } catch {
                        throw run.state.interrupt(.diverged("The input of the run cannot be read as \(Flow.Input.self): \(FailureKind.reason(of: error))"))
                    }
                    return JSON.text(try await workflow.run(value, in: run))
                }
            )
        }
        (name, version, body) = register(workflow)
        queue = WorkQueue(RunStore.queue(name, version), in: database, options: options)
    }
}
