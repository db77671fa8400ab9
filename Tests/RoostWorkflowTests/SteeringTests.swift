import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostWorkflow

/// Finding, listing and steering runs by code.
@Suite(.timeLimit(.minutes(5))) struct SteeringTests {
    private let diary = Diary()

    private var noting: Flow {
        Flow { [diary] input, run in
            for name in ["a", "b", "c"] {
                _ = try await run.step(name) {
                    diary.add(name)
                    return "secret of \(name)"
                }
            }
            return input
        }
    }

    @Test(arguments: Engine.allCases) func aRunIsFoundWithItsStepsAndWithoutTheirResults(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = bench.workflows(noting)
        try await workflows.start(Flow.self, "x", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        let run = try #require(try await workflows.find("r"))
        #expect((run.name, run.version, run.status) == ("flow", 1, .completed))
        #expect(run.steps.map(\.name) == ["a", "b", "c"])
        #expect(run.steps.allSatisfy { $0.kind == .step && $0.outcome == .done && $0.result == nil })
        #expect(try #require(run.endedAt) >= run.startedAt)
        let whole = try #require(try await workflows.find("r", includingResults: true))
        #expect(whole.steps.first?.result == .string("secret of a"))
        #expect(try await workflows.find("nobody") == nil)
    }

    @Test(arguments: Engine.allCases) func aRunTellsWhatItWaitsForAndWhyItIsStuck(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in
                if input == "waits" { _ = try await run.signal(Go.self) }
                throw run.hold(because: "Nobody knows.")
            })
        try await workflows.start(Flow.self, "waits", id: "w")
        try await workflows.start(Flow.self, "", id: "s")
        try await bench.working(on: workflows) {
            try await bench.wait { try await workflows.find("w")?.waitsFor == "the signal go" }
            try await bench.wait(for: "s", .stuck)
        }
        #expect(try await workflows.find("s")?.reason == "Nobody knows.")
        #expect(try await workflows.list(status: .stuck).items.map(\.id) == ["s"])
        #expect(try await workflows.list(status: .completed).items.isEmpty)
    }

    @Test(arguments: Engine.allCases) func allRunsAreListedPageByPageTheNewestFirst(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock), workflows = bench.workflows(noting, Other())
        for number in 0..<7 {
            // Two at a time.
            if number % 2 == 0 { clock.advance(by: .seconds(1)) }
            try await workflows.start(Flow.self, "", id: "r\(number)")
        }
        try await workflows.start(Other.self, "", id: "other")
        let limit = try #require(PageLimit(parameter: "3"))
        var ids: [String] = [], cursor: PageCursor?, pages = 0
        repeat {
            let page = try await workflows.list(name: "flow", limit: limit, after: cursor)
            ids += page.items.map(\.id)
            cursor = page.next.flatMap { PageCursor(parameter: $0) }
            pages += 1
        } while cursor != nil && pages < 10
        #expect(ids == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"])
        #expect(pages == 3)
    }

    @Test(arguments: ["", "x", "1", "-5 a", "99999999999999999999 a", "9999999999999999 a"])
    func aCursorOfAnotherListIsRefused(key: String) async throws {
        let workflows = try await WorkflowBench().workflows(noting)
        let problem = await #expect(throws: Problem.self) { try await workflows.list(after: PageCursor(after: key)) }
        #expect(problem?.status == .unprocessable)
    }

    @Test(arguments: Engine.allCases) func aRetryFromAStepDoesItAndAllLaterOnesAgain(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                for name in ["a", "b", "c"] { try await run.step(name) { diary.add(name) } }
                if diary.list.count == 3 { throw run.hold(because: "The price was wrong.") }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "r", .stuck)
            await #expect(throws: Problem.self) { try await workflows.retry("r", from: "nothing") }
            try await workflows.retry("r", from: "b")
            try await bench.wait(for: "r", .completed)
        }
        #expect(diary.list == ["a", "b", "c", "b", "c"])
        let problem = await #expect(throws: Problem.self) { try await workflows.retry("r", from: "b") }
        #expect(problem?.status == .conflict)
    }

    @Test(arguments: Engine.allCases) func aWorkerThatARunIsTakenFromByARetryRecordsNothing(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary, gate = Gate()
        let workflows = bench.workflows(
            Flow { _, run in
                try await run.step("a") { diary.add("a") }
                try await run.transaction("b") { _ in }
                try await run.step("c") {
                    diary.add("c")
                    if diary.count("c") == 1 { try await gate.pass() }
                }
                try await run.transaction("d") { try await $0.execute("INSERT INTO notes (text) VALUES ('d')") }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) {
            try await diary.wait(for: "c")
            try await workflows.retry("r", from: "a")
            try await bench.wait(for: "r", .completed)
            gate.open()
        }
        #expect(diary.list == ["a", "c", "a", "c"])
        #expect(try await bench.notes() == ["d"])
        #expect(try await bench.steps(of: "r") == ["a", "b", "c", "d"])
    }

    @Test func theExecutionThatARetryHasWokenKeepsItsRun() async throws {
        let active = ActiveRuns(), states = (0..<2).map { _ in RunState([], isCancelRequested: false, failures: 0) }
        active.add(states[0], as: "r")
        await active.losing("r") {
            // The worker may have the run again before the retry returns.
            active.remove(states[0], as: "r")
            active.add(states[1], as: "r")
        }
        #expect(states[0].interruption != nil && states[1].interruption == nil)
    }

    @Test(arguments: Engine.allCases) func aForkGoesOnFromAStepAndLeavesTheOriginalAlone(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = bench.workflows(noting)
        try await workflows.start(Flow.self, "x", id: "r")
        let output = try await bench.working(on: workflows) {
            try await bench.wait(for: "r", .completed)
            #expect(try await workflows.fork("r", from: "c", as: "fork") == "fork")
            return try await bench.wait(for: "fork", .completed)
        }
        #expect(output == "\"x\"")
        #expect(diary.list == ["a", "b", "c", "c"])
        #expect(try await bench.steps(of: "fork") == ["a", "b", "c"])
        #expect(try await workflows.find("r")?.status == .completed)
        let taken = await #expect(throws: Problem.self) { try await workflows.fork("r", from: "c", as: "fork") }
        #expect(taken?.status == .conflict)
        let missing = await #expect(throws: Problem.self) { try await workflows.fork("nobody", from: "c") }
        #expect(missing?.status == .notFound)
    }

    @Test(arguments: Engine.allCases) func aResultIsWaitedForWhereverTheRunEnds(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = bench.workflows(Doubling())
        try await workflows.start(Doubling.self, 21, id: "r")
        // Its commits are not seen by the one that waits.
        let other = try await WorkflowBench.open(bench.url)
        let output = try await bench.working(on: bench.workflows(Doubling(), in: other)) {
            try await workflows.result(of: "r", Doubling.self, within: .seconds(60))
        }
        #expect(output == 42)
        await other.close()
    }

    @Test func aResultThatDoesNotComeIsAProblem() async throws {
        let bench = try await WorkflowBench()
        let workflows = bench.workflows(Flow { _, _ in throw Problem(.unprocessable, "No.") }, Doubling())
        try await workflows.start(Doubling.self, 1, id: "late")
        let late = await #expect(throws: Problem.self) { try await workflows.result(of: "late", Doubling.self, within: .zero) }
        #expect(late?.status == .gatewayTimeout)
        let missing = await #expect(throws: Problem.self) { try await workflows.result(of: "none", Doubling.self, within: .zero) }
        #expect(missing?.status == .notFound)
        try await workflows.start(Flow.self, "", id: "failed")
        try await bench.working(on: workflows) {
            let failed = await #expect(throws: Problem.self) { try await workflows.result(of: "failed", Flow.self, within: .seconds(60)) }
            #expect(failed?.code.rawValue == "run_failed")
            #expect(failed?.detail?.contains("No.") == true)
        }
    }

    @Test(arguments: Engine.allCases) func runsThatEndedLongAgoAreDeletedAndOthersKept(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock)
        let workflows = bench.workflows(
            Doubling(),
            Flow { input, run in
                _ = try await run.child(Doubling.self, 1)
                _ = try await run.signal(Go.self)
                return ""
            })
        try await workflows.start(Doubling.self, 1, id: "old")
        try await workflows.start(Flow.self, "", id: "open")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "old", .completed)
            try await bench.wait(for: "open/doubling", .completed)
        }
        clock.advance(by: .seconds(100))
        try await workflows.start(Doubling.self, 1, id: "new")
        try await bench.working(on: workflows) { try await bench.wait(for: "new", .completed) }
        let retention = RunRetention(store: workflows.store, age: .seconds(50))
        #expect(try await retention.deletePortion() == 1)
        #expect(try await retention.deletePortion() == 0)
        // The run that another one waits for is kept, too.
        let left = try await workflows.list().items.map(\.id)
        #expect(Set(left) == ["open", "open/doubling", "new"])
        #expect(try await bench.steps(of: "old").isEmpty)
        // The identifier is free again.
        #expect(try await workflows.start(Doubling.self, 1, id: "old"))
    }
}
