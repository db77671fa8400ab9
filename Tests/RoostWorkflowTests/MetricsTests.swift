import Roost
import RoostData
import Testing

@testable import RoostWorkflow

/// What is measured of runs.
@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
    @Test(arguments: Engine.allCases) func openRunsAreCountedByWorkflowAndStatus(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in
                if input == "stuck" { throw run.hold(because: "Why not.") }
                for _ in 0..<2 where input == "diverged" { try await run.step("same") {} }
                if input == "running" { _ = try await run.signal(Go.self) }
                return ""
            })
        for input in ["stuck", "diverged", "running", "completed"] { try await workflows.start(Flow.self, input, id: input) }
        try await workflows.start(Flow.self, "running", id: "another")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "stuck", .stuck)
            try await bench.wait(for: "diverged", .diverged)
            try await bench.wait(for: "completed", .completed)
        }
        let counts = try await RunMetrics(of: [], in: bench.database).counts()
        func count(_ status: RunStatus) -> Int? { counts[RunMetrics.Group(workflow: "flow", status: status)] }
        #expect((count(.stuck), count(.diverged), count(.running), count(.completed)) == (1, 1, 2, nil))
    }
}
