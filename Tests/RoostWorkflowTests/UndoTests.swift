import Roost
import RoostData
import Testing

@testable import RoostWorkflow

/// What is undone, and when.
@Suite(.timeLimit(.minutes(5))) struct UndoTests {
    private let diary = Diary()

    private func steps(_ run: Run, _ names: String...) async throws {
        for name in names {
            try await run.step(name) { [diary] in
                diary.add(name)
            } undo: { [diary] in
                diary.add("undo \(name)")
            }
        }
    }

    @Test(arguments: Engine.allCases) func anEndUndoesTheLastFirst(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { _, run in
                try await steps(run, "a", "b", "c")
                throw run.end("declined") { try await $0.execute("INSERT INTO notes (text) VALUES ('declined')") }
            })
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) { try await bench.wait(for: "r", .completed) }
        #expect(output == "\"declined\"")
        #expect(diary.list == ["a", "b", "c", "undo c", "undo b", "undo a"])
        #expect(try await bench.steps(of: "r") == ["a", "b", "c", "undo c", "undo b", "undo a"])
        #expect(try await bench.notes() == ["declined"])
    }

    @Test(arguments: Engine.allCases) func aPermanentFailureIsTheEndAndUndoesWhatMayHaveHappened(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await steps(run, "a")
                try await run.step("b") {
                    throw Problem(.unprocessable, "No.")
                } undo: {
                    diary.add("undo b")
                }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .failed) }
        #expect(diary.list == ["a", "undo b", "undo a"])
        #expect(try await bench.reason(of: "r")?.contains("No.") == true)
    }

    @Test(arguments: Engine.allCases) func anUndoThatWasRecordedIsNotRepeated(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        func flow(hanging: Bool) -> Flow {
            Flow { _, run in
                try await run.step("a") {
                    diary.add("a")
                } undo: {
                    diary.add("undo a")
                    if hanging { try await Task.sleep(for: .seconds(3600)) }
                }
                try await run.step("b") {
                    diary.add("b")
                } undo: {
                    diary.add("undo b")
                }
                throw run.end("over")
            }
        }
        let first = bench.workflows(flow(hanging: true))
        try await first.start(Flow.self, "", id: "r")
        try await bench.working(on: first) { try await diary.wait(for: "undo a") }
        try await bench.working(on: bench.workflows(flow(hanging: false))) { try await bench.wait(for: "r", .completed) }
        #expect(diary.list == ["a", "b", "undo b", "undo a", "undo a"])
    }

    /// Whatever stops a run between the beginning of a step and its record.
    @Test(arguments: Engine.allCases, ["crashes", "hold", "divergence"])
    func aStepThatMayHaveBegunIsUndoneIfTheRunIsCancelledLater(engine: Engine, stop: String) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        func flow(_ first: String) -> Workflows {
            bench.workflows(
                Flow { _, run in
                    if first == "hold" { throw run.hold(because: "Not now.") }
                    try await run.step(first == "divergence" ? "other" : "a") {}
                    try await run.step("charge") {
                        diary.add("charge")
                        try await Task.sleep(for: .seconds(3600))
                    } undo: {
                        diary.add("refund")
                    }
                    return ""
                })
        }
        let works = flow("")
        try await works.start(Flow.self, "", id: "r")
        try await bench.working(on: works) { try await diary.wait(for: "charge") }
        if stop == "crashes" { try await bench.database.execute("UPDATE roost_work SET crashes = 3") }
        let stopping = flow(stop), status: RunStatus = stop == "divergence" ? .diverged : .stuck
        try await bench.working(on: stopping) { try await bench.wait(for: "r", status) }
        try await works.cancel("r")
        try await bench.working(on: works) { try await bench.wait(for: "r", .cancelled) }
        #expect(diary.list == ["charge", "refund"])
    }

    @Test(arguments: Engine.allCases) func aStepThatWasCancelledBesideOneThatFailedIsUndoneOnce(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        func flow(isDown: Bool) -> Workflows {
            bench.workflows(
                Flow { _, run in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await run.step("b") {
                                diary.add("b")
                                try await Task.sleep(for: .seconds(3600))
                            } undo: {
                                diary.add("undo b")
                                if isDown { throw Problem(.unprocessable, "Cannot be undone now.") }
                            }
                        }
                        group.addTask {
                            try await diary.wait(for: "b")
                            try await run.step("a") {
                                throw Problem(.unprocessable, "No.")
                            } undo: {
                                diary.add("undo a")
                            }
                        }
                        while try await group.next() != nil {}
                    }
                    return ""
                })
        }
        let down = flow(isDown: true), up = flow(isDown: false)
        try await down.start(Flow.self, "", id: "r")
        try await bench.working(on: down) { try await bench.wait(for: "r", .stuck) }
        try await bench.working(on: up) { try await bench.wait(for: "r", .failed) }
        #expect(diary.list == ["b", "undo b", "undo b", "undo a"])
    }

    @Test(arguments: Engine.allCases) func stepsOfATaskGroupAreUndoneInTheSameOrderByEachAttempt(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        // The first attempt runs the steps one after another, in the order of their names. The other asks for them in the opposite order.
        func flow(isFirst: Bool) -> Workflows {
            bench.workflows(
                Flow { _, run in
                    let asked = Diary()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for (name, before) in isFirst ? [("a", ""), ("b", "a"), ("c", "b")] : [("c", ""), ("b", "c"), ("a", "b")] {
                            group.addTask {
                                if !before.isEmpty { try await asked.wait(for: before) }
                                try await steps(run, name)
                                asked.add(name)
                            }
                        }
                        try await group.waitForAll()
                    }
                    try await run.step("end") {
                    } undo: {
                        if isFirst { throw Problem(.unprocessable, "Cannot be undone now.") }
                    }
                    throw run.end("over")
                })
        }
        try await flow(isFirst: true).start(Flow.self, "", id: "r")
        try await bench.working(on: flow(isFirst: true)) { try await bench.wait(for: "r", .stuck) }
        try await bench.working(on: flow(isFirst: false)) { try await bench.wait(for: "r", .completed) }
        #expect(diary.list == ["a", "b", "c", "undo c", "undo b", "undo a"])
    }

    @Test(arguments: Engine.allCases) func aTransactionThatWasCancelledBesideAStepThatFailedChangesNothing(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // A step does not begin while a transaction of its run is in progress.
                        try await diary.wait(for: "a")
                        try await run.transaction("b") { transaction in
                            try await transaction.execute("INSERT INTO notes (text) VALUES ('b')")
                            diary.add("b")
                            try await Task.sleep(for: .seconds(3600))
                        }
                    }
                    group.addTask {
                        try await run.step("a") {
                            diary.add("a")
                            try await diary.wait(for: "b")
                            throw Problem(.unprocessable, "No.")
                        } undo: {
                            diary.add("undo a")
                        }
                    }
                    while try await group.next() != nil {}
                }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .failed) }
        #expect(diary.list == ["a", "b", "undo a"])
        #expect(try await bench.notes().isEmpty)
    }

    @Test(arguments: Engine.allCases) func aRunCanCompleteInAnotherWayAfterItsCancellation(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await run.step("wait") {
                    diary.add("waits")
                    try await diary.wait(for: "go")
                }
                do {
                    return try await run.complete { _ in "sold" }
                } catch is RunCancelled {
                    return try await run.complete { transaction in
                        try await transaction.execute("INSERT INTO notes (text) VALUES ('kept')")
                        return "kept"
                    }
                }
            })
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) {
            try await diary.wait(for: "waits")
            try await workflows.cancel("r")
            diary.add("go")
            return try await bench.wait(for: "r", .completed)
        }
        #expect(output == "\"kept\"")
        #expect(try await bench.notes() == ["kept"])
    }

    @Test(arguments: Engine.allCases) func aRunThatCouldNotCompleteDoesNotDoSoAfterItsUndo(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        func flow(isFull: Bool, isDown: Bool) -> Workflows {
            bench.workflows(
                Flow { _, run in
                    try await run.step("charge") {
                        diary.add("charge")
                    } undo: {
                        diary.add("refund")
                        if isDown { throw Problem(.unprocessable, "Cannot be undone now.") }
                    }
                    return try await run.complete { transaction in
                        if isFull { throw Problem(.unprocessable, "Sold out.") }
                        try await transaction.execute("INSERT INTO notes (text) VALUES ('sold')")
                        return "sold"
                    }
                })
        }
        let first = flow(isFull: true, isDown: true), second = flow(isFull: false, isDown: false)
        try await first.start(Flow.self, "", id: "r")
        try await bench.working(on: first) { try await bench.wait(for: "r", .stuck) }
        try await bench.working(on: second) { try await bench.wait(for: "r", .failed) }
        #expect(diary.list == ["charge", "refund", "refund"])
        #expect(try await bench.notes().isEmpty)
    }

    @Test(arguments: Engine.allCases) func anUndoThatFailsForGoodKeepsTheRunUntilItIsRetried(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await run.step("a") {
                    diary.add("a")
                } undo: {
                    diary.add("undo a")
                    if diary.count("undo a") == 1 { throw Problem(.unprocessable, "Cannot be undone.") }
                }
                throw run.end("over")
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "r", .stuck)
            #expect(try await bench.reason(of: "r")?.contains("Cannot be undone.") == true)
            try await workflows.retry("r")
            try await bench.wait(for: "r", .completed)
        }
        #expect(diary.list == ["a", "undo a", "undo a"])
    }

    @Test(arguments: Engine.allCases) func aStepThatNeverBeganIsNotUndone(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine)
        let workflows = bench.workflows(
            Flow { _, run in
                try await steps(run, "a", "b")
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await workflows.cancel("r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .cancelled) }
        #expect(diary.list.isEmpty)
    }

    @Test(arguments: Engine.allCases) func aCancellationEndsTheWaitForAnotherAttempt(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                try await steps(run, "a")
                try await run.step(
                    "down", retry: RetryPolicy(attempts: .max, backoff: Backoff(first: .seconds(3600), longest: .seconds(3600)))
                ) {
                    diary.add("try")
                    throw Problem.unavailable("Down.")
                } undo: {
                    diary.add("undo down")
                }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) {
            try await bench.wait { try await bench.reason(of: "r")?.contains("Down.") == true }
            try await workflows.cancel("r")
            try await bench.wait(for: "r", .cancelled)
        }
        // Whether the attempt took effect is not known.
        #expect(diary.list == ["a", "try", "undo down", "undo a"])
    }

    /// A workflow whose step ends only when it is interrupted.
    private func hanging(_ bench: WorkflowBench) -> Workflows {
        bench.workflows(
            Flow { [diary] _, run in
                try await run.step("a") {
                    diary.add("a")
                    try await Task.sleep(for: .seconds(3600))
                } undo: {
                    diary.add("undo a")
                }
                return ""
            })
    }

    @Test(arguments: Engine.allCases) func aStepThatWasInterruptedIsUndoneIfTheRunIsCancelledThen(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), workflows = hanging(bench)
        try await workflows.start(Flow.self, "", id: "r")
        // The worker stops in an orderly way, in the middle of the step.
        try await bench.working(on: workflows) { try await diary.wait(for: "a") }
        try await workflows.cancel("r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .cancelled) }
        #expect(diary.list == ["a", "undo a"])
    }

    @Test func aStepWhoseInterruptionCannotBeRecordedIsUndoneToo() async throws {
        let bench = try await WorkflowBench(), workflows = hanging(bench)
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) {
            try await diary.wait(for: "a")
            try await bench.database.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON roost_runs BEGIN SELECT RAISE(ABORT, 'cannot be recorded'); END")
        }
        try await bench.database.execute("DROP TRIGGER full")
        try await workflows.cancel("r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .cancelled) }
        #expect(diary.list == ["a", "undo a"])
    }

    @Test(arguments: Engine.allCases) func aWorkflowCanEndACancelledRunInItsOwnWay(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Flow { _, run in
                do {
                    try await steps(run, "a")
                    diary.add("before completing")
                    try await run.signal(Go.self)
                    return try await run.complete { _ in "sold" }
                } catch is RunCancelled {
                    throw run.end("called off")
                }
            })
        try await workflows.start(Flow.self, "", id: "r")
        let output = try await bench.working(on: workflows) {
            try await diary.wait(for: "before completing")
            try await workflows.cancel("r")
            return try await bench.wait(for: "r", .completed)
        }
        #expect(output == "\"called off\"")
        #expect(diary.list.suffix(1) == ["undo a"])
    }

    @Test(arguments: Engine.allCases) func whatIsCancelledInTimeIsNotCompleted(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let cancelling = Cancelling()
        let workflows = bench.workflows(
            Flow { _, run in
                try await steps(run, "a")
                // The flag is set after the run has looked for it the last time.
                try await bench.database.execute("UPDATE roost_runs SET is_cancel_requested = 1")
                return try await run.complete { transaction in
                    try await transaction.execute("INSERT INTO notes (text) VALUES ('sold')")
                    return "sold"
                }
            }, cancelling)
        try await workflows.start(Flow.self, "", id: "r")
        try await bench.working(on: workflows) { try await bench.wait(for: "r", .cancelled) }
        #expect(try await bench.notes().isEmpty)
        #expect(diary.list == ["a", "undo a"])
    }
}

struct Cancelling: Workflow {
    static let name = "cancelling"

    func run(_ input: String, in run: Run) async throws -> String { input }
}

@Schema
struct Go: WorkflowSignal {
    static let name = "go"
    var text: String
}
