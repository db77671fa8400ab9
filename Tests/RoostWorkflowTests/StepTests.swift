import Roost
import RoostData
import Testing

@testable import RoostWorkflow

/// What is recorded, and what is done again.
@Suite(.timeLimit(.minutes(5))) struct StepTests {
    private let diary = Diary()

    @Test(arguments: Engine.allCases) func aRunReturnsWhatItsWorkflowReturns(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in
                let first = try await run.step("first") { 20 }
                let second = try await run.step("second") { 22 }
                return "\(input) \(first + second)"
            })
        try await workflows.start(Flow.self, "the answer is", id: "a")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(output == "\"the answer is 42\"")
        #expect(try await bench.steps(of: "a") == ["first", "second"])
        #expect(try await bench.database.query("SELECT 1 FROM roost_work").isEmpty)
    }

    @Test(arguments: Engine.allCases) func theSameIdentifierIsTheSameRun(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.step("only") { diary.add(input) }
                return input
            }, Other())
        #expect(try await workflows.start(Flow.self, "one", id: "a"))
        #expect(try await !workflows.start(Flow.self, "two", id: "a"))
        await #expect(throws: Problem.self) { try await workflows.start(Other.self, "x", id: "a") }
        try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(try await !workflows.start(Flow.self, "three", id: "a"))
        #expect(diary.list == ["one"])
    }

    @Test(arguments: Engine.allCases) func aRunThatIsRolledBackNeverBegins(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(Flow { input, _ in input })
        await #expect(throws: Problem.self) {
            try await bench.database.transaction { transaction in
                try await workflows.start(Flow.self, "x", id: "a", in: transaction)
                throw Problem(.conflict)
            }
        }
        #expect(try await bench.database.query("SELECT 1 FROM roost_runs").isEmpty)
    }

    @Test(arguments: Engine.allCases) func aRunThatIsTakenUpAgainGoesOnAfterItsLastRecordedStep(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let hangs = Flow { input, run in
            let value = try await run.step("first") {
                diary.add("first")
                return 7
            }
            try await run.step("second") {
                diary.add("second hangs")
                try await Task.sleep(for: .seconds(3600))
            }
            return "\(value)"
        }
        let works = Flow { input, run in
            let value = try await run.step("first") {
                diary.add("first again")
                return 8
            }
            try await run.step("second") { diary.add("second") }
            return "\(value)"
        }
        let first = bench.workflows(hangs), second = bench.workflows(works)
        try await first.start(Flow.self, "", id: "a")
        try await bench.working(on: first) { try await diary.wait(for: "second hangs") }
        let output = try await bench.working(on: second) { try await bench.wait(for: "a", .completed) }
        #expect(output == "\"7\"")
        #expect(diary.list == ["first", "second hangs", "second"])
    }

    @Test(arguments: Engine.allCases) func aTransientFailureIsTriedAgain(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.step("flaky") {
                    diary.add("try")
                    guard diary.list.count > 3 else { throw Problem.unavailable("Not yet.") }
                }
                return "done"
            })
        try await workflows.start(Flow.self, "", id: "a")
        try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(diary.list.count == 4)
    }

    @Test(arguments: Engine.allCases) func aPermanentFailureIsRecordedAndThrown(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                do {
                    try await run.step("refused") {
                        diary.add("try")
                        throw Problem(.unprocessable, "We do not sell that.")
                    }
                } catch let failure as StepFailure {
                    return "\(failure.problem.status.code) \(failure.message)"
                }
                return "no"
            })
        try await workflows.start(Flow.self, "", id: "a")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(output == "\"422 We do not sell that.\"")
        #expect(diary.list == ["try"])
    }

    @Test(arguments: Engine.allCases) func attemptsCanBeLimited(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.step("down", retry: RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1)))) {
                    diary.add("try")
                    throw Problem.unavailable("Down.")
                }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "a")
        try await bench.working(on: workflows) { try await bench.wait(for: "a", .failed) }
        #expect(diary.list.count == 3)
    }

    @Test(arguments: Engine.allCases) func aStepThatTakesTooLongIsTriedAgain(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.step("slow", within: .milliseconds(20)) {
                    diary.add("try")
                    if diary.list.count < 2 { try await Task.sleep(for: .seconds(3600)) }
                }
                return "done"
            })
        try await workflows.start(Flow.self, "", id: "a")
        try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        // The second attempt may be late as well, on a slow machine.
        #expect(diary.list.count >= 2)
    }

    @Test(arguments: Engine.allCases) func stepsCanRunAtTheSameTime(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in
                let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 1...20 { group.addTask { try await run.step("part", key: "\(number)") { number } } }
                    return try await group.reduce(0, +)
                }
                return "\(sum)"
            })
        try await workflows.start(Flow.self, "", id: "a")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(output == "\"210\"")
        #expect(try await bench.steps(of: "a").count == 20)
    }

    @Test(arguments: Engine.allCases) func aTransactionAndItsRecordAreOneCommit(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.transaction("note") { try await $0.execute("INSERT INTO notes (text) VALUES ('noted')") }
                try await run.step("flaky") {
                    diary.add("try")
                    guard diary.list.count > 1 else { throw Problem.unavailable("Not yet.") }
                }
                return try await run.complete { transaction in
                    try await transaction.execute("INSERT INTO notes (text) VALUES ('completed')")
                    return "done"
                }
            })
        try await workflows.start(Flow.self, "", id: "a")
        try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(try await bench.notes() == ["noted", "completed"])
        #expect(try await bench.steps(of: "a") == ["note", "flaky"])
    }

    @Test(arguments: Engine.allCases) func aTransactionThatFailsPermanentlyIsRolledBackAndRecorded(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { input, run in
                do {
                    try await run.transaction("refused") { transaction in
                        try await transaction.execute("INSERT INTO notes (text) VALUES ('never')")
                        throw Problem(.unprocessable, "No.")
                    }
                } catch { return "caught" }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "a")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "a", .completed) }
        #expect(output == "\"caught\"")
        #expect(try await bench.notes().isEmpty)
        #expect(try await bench.steps(of: "a") == ["refused"])
    }

    @Test(arguments: Engine.allCases) func aWorkerThatHasLostARunChangesNothing(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { input, run in
                try await run.step("first") { diary.add("first") }
                try await bench.database.execute("UPDATE roost_work SET epoch = 1, worker = 'another'")
                do {
                    try await run.transaction("note") { try await $0.execute("INSERT INTO notes (text) VALUES ('twice')") }
                } catch {
                    diary.add("refused")
                    throw error
                }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "a")
        try await bench.working(on: workflows) { try await diary.wait(for: "refused") }
        #expect(try await bench.notes().isEmpty)
        #expect(try await bench.steps(of: "a").isEmpty)
        #expect(try await bench.database.first("SELECT 1 FROM roost_runs WHERE status = 'running'") != nil)
    }

    @Test(arguments: Engine.allCases) func failuresOfTheDatabaseDoNotUseUpTheAttemptsOfAStep(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await run.step("flaky", retry: RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1)))) {
                    diary.add("try")
                    if diary.count("try") < 3 { throw Problem.unavailable("Not yet.") }
                }
                return "done"
            })
        try await workflows.start(Flow.self, "", id: "r")
        // As after an outage of the database.
        try await bench.database.execute("UPDATE roost_work SET attempts = 10, is_retry = 1")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        #expect(diary.count("try") == 3)
    }
}

struct Other: Workflow {
    static let name = "other"

    func run(_ input: String, in run: Run) async throws -> String { input }
}
