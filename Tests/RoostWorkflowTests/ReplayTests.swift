import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostWorkflow

/// Recorded runs that are replayed without a database.
@Suite(.timeLimit(.minutes(5))) struct ReplayTests {
    private static let purchase = Flow { input, run in
        let price = try await run.step("price") { 20 }
        try await run.sleep(for: .zero)
        let parts = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...3 { group.addTask { try await run.step("part", key: "\(number)") { number } } }
            return try await group.reduce(0, +)
        }
        try await run.transaction("note") { _ in }
        try await run.step("reserve") {
        } undo: {
        }
        if input == "declined" { throw run.end("declined") }
        return "\(price + parts)"
    }

    /// Runs a workflow, and returns its record as the file would have it.
    private func recorded(_ input: String, by flow: Flow, until status: RunStatus = .completed) async throws -> RecordedRun {
        let bench = try await WorkflowBench(), workflows = bench.workflows(flow)
        try await workflows.start(Flow.self, input, id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", status) }
        let file = JSON.text(try await workflows.record(of: "r"))
        return try JSON.decode(RecordedRun.self, from: Array(file.utf8))
    }

    private func divergence(
        of run: RecordedRun, by body: @escaping @Sendable (String, Run) async throws -> String
    ) async -> String {
        await #expect(throws: ReplayDivergence.self) { try await run.replay(Flow(body: body)) }?.description ?? ""
    }

    @Test(arguments: ["bought", "declined"]) func theSameCodeTakesTheSameWayAndDoesNothing(input: String) async throws {
        let diary = Diary(), run = try await recorded(input, by: Self.purchase)
        try await run.replay(Self.purchase)
        // What the steps do is not done.
        try await run.replay(
            Flow { input, run in
                let price = try await run.step("price") {
                    diary.add("price"); return 0
                }
                try await run.sleep(for: .seconds(1_000_000))
                var parts = 0
                for number in 1...3 {
                    parts += try await run.step("part", key: "\(number)") {
                        diary.add("part"); return 0
                    }
                }
                try await run.transaction("note") { _ in diary.add("note") }
                try await run.step("reserve") {
                    diary.add("reserve")
                } undo: {
                    diary.add("undo")
                }
                if input == "declined" { throw run.end("declined") }
                return "\(price + parts)"
            })
        #expect(diary.list.isEmpty)
    }

    @Test func anotherWayTellsWhatWasRecordedAndWhatIsAskedFor() async throws {
        let run = try await recorded("bought", by: Self.purchase)
        let first = await divergence(of: run) { _, run in
            try await run.step("check") {}
            return ""
        }
        #expect(first.contains("check") && first.contains("price"))
        let added = await divergence(of: run) { input, run in
            let output = try await Self.purchase.run(input, in: run)
            try await run.step("thank") {}
            return output
        }
        #expect(added.contains("thank"))
        let left = await divergence(of: run) { _, run in "\(try await run.step("price") { 0 })" }
        #expect(left.contains("not asked for"))
        let output = await divergence(of: run) { input, run in try await Self.purchase.run(input, in: run) + "!" }
        #expect(output.contains("26!"))
        let kind = await divergence(of: run) { _, run in
            try await run.transaction("price") { _ in }
            return ""
        }
        #expect(kind.contains("transaction"))
    }

    @Test func anotherEndIsADivergence() async throws {
        let run = try await recorded("declined", by: Self.purchase)
        let undo = await divergence(of: run) { input, run in
            try await run.step("more") {
            } undo: {
            }
            return try await Self.purchase.run(input, in: run)
        }
        #expect(undo.contains("more"))
        let failing = try await recorded("", by: Flow { _, _ in throw Problem(.unprocessable, "No.") }, until: .failed)
        try await failing.replay(Flow { _, _ in throw Problem(.unprocessable, "Not at all.") })
        #expect(await divergence(of: failing) { _, _ in "" }.contains("completed"))
    }

    @Test func aRunThatHadNotEndedEndsWhereItsRecordDoes() async throws {
        let held = Flow { _, run in
            try await run.step("a") {}
            throw run.hold(because: "Why not.")
        }
        let run = try await recorded("", by: held, until: .stuck)
        try await run.replay(held)
        try await run.replay(
            Flow { _, run in
                try await run.step("a") {}
                try await run.step("b") {}
                return ""
            })
        #expect(
            await divergence(of: run) { _, run in
                try await run.step("b") {}
                return ""
            }.contains("b"))
    }

    @Test func aRunOfAnotherWorkflowIsRefused() async throws {
        let run = try await recorded("bought", by: Self.purchase)
        await #expect(throws: ReplayDivergence.self) { try await run.replay(Other()) }
    }

    @Test func theRecordOfNoRunIsAProblem() async throws {
        let bench = try await WorkflowBench(), workflows = bench.workflows(Other())
        let problem = await #expect(throws: Problem.self) { try await workflows.record(of: "nobody") }
        // The database is open as long as the bench is there.
        withExtendedLifetime(bench) {}
        #expect(problem?.status == .notFound)
    }
}
