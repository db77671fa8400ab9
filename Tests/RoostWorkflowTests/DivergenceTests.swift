import Roost
import RoostData
import Testing

@testable import RoostWorkflow

/// Runs that take another way than recorded.
@Suite(.timeLimit(.minutes(5))) struct DivergenceTests {
    private let diary = Diary()

    /// Runs a workflow up to a signal, and then with another code.
    private func change(
        _ engine: Engine, from before: @escaping @Sendable (Run) async throws -> Void,
        to after: @escaping @Sendable (Run) async throws -> Void
    ) async throws -> (WorkflowBench, Workflows) {
        let bench = try await WorkflowBench(engine)
        func flow(_ body: @escaping @Sendable (Run) async throws -> Void) -> Flow {
            Flow { _, run in
                try await body(run)
                _ = try await run.signal(Go.self)
                return "done"
            }
        }
        let first = bench.workflows(flow(before)), second = bench.workflows(flow(after))
        try await first.start(Flow.self, "", id: "r")
        try await bench.working(on: first) {
            try await bench.wait { try await bench.database.first("SELECT 1 FROM roost_work WHERE due_at > 1 AND worker IS NULL") != nil }
        }
        try await first.send(Go(text: ""), to: "r")
        return (bench, second)
    }

    @Test(arguments: Engine.allCases) func anotherStepStopsTheRunBeforeItDoesAnything(engine: Engine) async throws {
        let diary = diary
        let (bench, workflows) = try await change(engine) { run in
            try await run.step("charge") {}
        } to: { run in
            try await run.step("verify") { diary.add("verified") }
            try await run.step("charge") { diary.add("charged") }
        }
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .diverged) }
        #expect(diary.list.isEmpty)
        let reason = try await bench.reason(of: "r") ?? ""
        #expect(reason.contains("verify") && reason.contains("charge"))
    }

    @Test(arguments: Engine.allCases) func aStepOfAnotherKindStopsTheRun(engine: Engine) async throws {
        let (bench, workflows) = try await change(engine) { run in
            try await run.step("a") {}
        } to: { run in
            try await run.transaction("a") { _ in }
        }
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .diverged) }
    }

    @Test(arguments: Engine.allCases) func aResultThatCannotBeReadStopsTheRun(engine: Engine) async throws {
        let (bench, workflows) = try await change(engine) { run in
            _ = try await run.step("a") { "text" }
        } to: { run in
            _ = try await run.step("a") { 1 }
        }
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .diverged) }
    }

    @Test(arguments: Engine.allCases) func aStepThatIsGoneStopsTheRunAtItsEnd(engine: Engine) async throws {
        let (bench, workflows) = try await change(engine) { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await run.step("a") {} }
                try await group.waitForAll()
            }
        } to: { _ in
        }
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .diverged) }
    }

    @Test(arguments: Engine.allCases) func aRunGoesOnWithTheRightCode(engine: Engine) async throws {
        let (bench, wrong) = try await change(engine) { run in
            try await run.step("a") {}
        } to: { run in
            try await run.step("b") {}
        }
        try await bench.working(on: wrong) { try await bench.wait(for: "r", .diverged) }
        let right = bench.workflows(
            Flow { _, run in
                try await run.step("a") {}
                _ = try await run.signal(Go.self)
                return "done"
            })
        try await right.retry("r")
        try await bench.working(on: right) { try await bench.wait(for: "r", .completed) }
    }

    @Test(arguments: Engine.allCases) func aNameThatIsAskedForTwiceStopsTheRun(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { _, run in
                for _ in 0..<2 { try await run.step("same") {} }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .diverged) }
        #expect(try await bench.reason(of: "r")?.contains("key") == true)
    }

    @Test(arguments: Engine.allCases) func runsOfAVersionThatNobodyHasWait(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let both = bench.workflows(Doubling(), Flow { input, _ in input }), one = bench.workflows(Flow { input, _ in input })
        try await both.start(Doubling.self, 2, id: "new")
        try await both.start(Flow.self, "x", id: "known")
        try await bench.working(on: one) { try await bench.wait(for: "known", .completed) }
        #expect(try await bench.database.first("SELECT 1 FROM roost_runs WHERE id = 'new' AND status = 'running'") != nil)
        try await bench.working(on: both) { try await bench.wait(for: "new", .completed) }
    }

    @Test(arguments: Engine.allCases) func versionsRunSideBySideEachWithItsOwnCode(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let first = Flow { input, run in
            let seat = try await run.step("seat") { "1\(input)" }
            return seat + (try await run.signal(Go.self)?.text ?? "")
        }
        let before = bench.workflows(first)
        try await before.start(Flow.self, "a", id: "old")
        try await bench.working(on: before) { try await bench.wait { try await bench.steps(of: "old") == ["seat"] } }
        // The next deployment has both.
        let workflows = bench.workflows(first, LaterFlow())
        try await workflows.start(LaterFlow.self, "b", id: "new")
        try await bench.working(on: workflows) {
            try await bench.wait { try await bench.steps(of: "new") == ["ticket"] }
            for id in ["old", "new"] { try await workflows.send(Go(text: "!"), to: id) }
            let outputs = [try await bench.wait(for: "old", .completed), try await bench.wait(for: "new", .completed)]
            #expect(outputs == ["\"1a!\"", "\"2b!\""])
        }
        #expect(try await bench.steps(of: "old") == ["seat", "signal go"])
    }
}

/// The second version of `Flow`.
private struct LaterFlow: Workflow {
    static let name = Flow.name, version = 2

    func run(_ input: String, in run: Run) async throws -> String {
        let ticket = try await run.step("ticket") { "2\(input)" }
        return ticket + (try await run.signal(Go.self)?.text ?? "")
    }
}
