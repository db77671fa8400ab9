import ArgumentParser
import Roost
import RoostWorkflow

/// Works on a run until it is killed. Prints `ready`; and, when the step begins at which the run stays, the seconds of the system's monotonic
/// clock, which all processes share.
struct Work: AsyncParsableCommand {
    @Option(help: "The database's URL.") var database: String
    @Option(help: "A run to start.") var start: String?

    func run() async throws {
        let database = try await openDatabase(database)
        let workflows = Workflows([StayingFlow()], in: database)
        if let start { try await workflows.start(StayingFlow.self, PlacedOrder(id: start), id: start) }
        tell("ready")
        await workflows.run()
    }
}

/// A workflow whose second step does not end.
struct StayingFlow: Workflow {
    static let name = "orders.staying"

    func run(_ order: PlacedOrder, in run: Run) async throws -> StepResult {
        let reserved = try await run.step("reserve") { StepResult(order: order.id, status: "reserved") }
        try await run.step("charge") {
            tell("\(monotonicSeconds())")
            try await Task.sleep(for: .seconds(3_600))
        }
        return reserved
    }
}
