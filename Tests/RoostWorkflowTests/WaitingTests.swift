import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostWorkflow

/// Signals, pauses, other runs.
@Suite(.timeLimit(.minutes(5))) struct WaitingTests {
    private let diary = Diary()

    private var waiting: Flow {
        Flow { _, run in
            try await run.step("before") {}
            return try await run.signal(Go.self)?.text ?? "nothing"
        }
    }

    @Test(arguments: Engine.allCases) func aSignalWakesARun(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = bench.workflows(waiting)
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) {
            try await bench.wait { try await bench.steps(of: "r") == ["before"] }
            #expect(try await workflows.send(Go(text: "now"), to: "r"))
            return try await bench.wait(for: "r", .completed)
        }
        #expect(output == "\"now\"")
        #expect(try await bench.database.query("SELECT 1 FROM roost_run_signals").isEmpty)
        #expect(try await !workflows.send(Go(text: "late"), to: "r"))
    }

    @Test(arguments: Engine.allCases) func aSignalIsKeptUntilTheRunAsksForIt(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = bench.workflows(waiting)
        try await workflows.start(Flow.self, "", id: "r")
        try await workflows.send(Go(text: "early"), to: "r")
        try await workflows.send(Go(text: "second"), to: "r")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        #expect(output == "\"early\"")
    }

    @Test(arguments: Engine.allCases) func aWaitThatIsOverIsRecorded(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                let signal = try await run.signal(Go.self, until: .distantPast)
                try await run.step("then") { diary.add(signal?.text ?? "none") }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        #expect(diary.list == ["none"])
        #expect(try await bench.steps(of: "r") == ["signal go", "then"])
    }

    @Test(arguments: Engine.allCases) func aPauseIsRecordedAndEndsByTheClock(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                diary.add("begins")
                try await run.sleep(for: .seconds(86_400))
                return "woken"
            })
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) {
            try await bench.wait { try await bench.database.first("SELECT 1 FROM roost_work WHERE due_at > 1 AND worker IS NULL") != nil }
            // Again, if the worker did not sleep yet.
            try await clock.advance(by: .seconds(86_401), until: "the run has ended") {
                try await workflows.list(status: .completed).items.count == 1
            }
            return try await bench.wait(for: "r", .completed)
        }
        #expect(output == "\"woken\"")
        #expect(diary.list == ["begins", "begins"])
    }

    @Test(arguments: Engine.allCases) func aRunWaitsForAnother(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in try await run.child(Doubling.self, 21).description }, Doubling())
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        #expect(output == "\"42\"")
        #expect(try await bench.database.first("SELECT 1 FROM roost_runs WHERE id = 'r/doubling' AND status = 'completed'") != nil)
    }
}

struct Doubling: Workflow {
    static let name = "doubling"

    func run(_ input: Int, in run: Run) async throws -> Int { try await run.step("double") { input * 2 } }
}
