import Foundation
import Roost
import RoostData
import RoostTesting
import TestTools
import Testing

@testable import RoostWorkflow

/// Processes that are killed and stopped while they work on runs.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CrashTests {
    private func bench(_ engine: Engine) async throws -> WorkflowBench {
        let bench = try await WorkflowBench(engine)
        try await bench.database.execute("CREATE TABLE payments (run TEXT PRIMARY KEY)")
        return bench
    }

    private func add(_ kind: String, _ id: String, to bench: WorkflowBench) async throws {
        let run = NewRun(workflow: "purchase", version: 1, id: id, input: JSON.text(kind))
        _ = try await bench.database.transaction { try await RunStore.start(run, in: $0) }
    }

    private func worker(_ bench: WorkflowBench, death: Int = 0, lease: Int = 3_600_000, go: String? = nil) async throws -> TestProcess {
        let process = try await TestProcess.start(
            "workflow-crash-helper", [bench.url, "\(death)", "\(lease)"] + (go.map { [$0] } ?? []))
        #expect(await process.line() == "ready")
        return process
    }

    /// Checks that everything has happened once.
    private func audit(_ bench: WorkflowBench, sold: [String], declined: [String]) async throws {
        let expected =
            sold.flatMap { ["noted \($0)", "shipped \($0)", "ended \($0)"] } + declined.flatMap { ["noted \($0)", "ended \($0)"] }
        #expect(try await bench.notes().sorted() == expected.sorted())
        let paid = try await bench.database.query("SELECT run FROM payments ORDER BY run").map { try $0.get("run", as: String.self) }
        #expect(paid == sold.sorted())
        #expect(try await bench.database.query("SELECT 1 FROM roost_work").isEmpty)
        #expect(try await bench.database.query("SELECT 1 FROM roost_runs WHERE status <> 'completed'").isEmpty)
        for id in sold { #expect(try await bench.steps(of: id) == ["pay", "note", "child shipment"]) }
        for id in declined { #expect(try await bench.steps(of: id) == ["pay", "note", "undo pay"]) }
    }

    @Test(arguments: Engine.allCases) func aProcessThatDiesAtAnyPointLeavesEveryRunToEndOnce(engine: Engine) async throws {
        let bench = try await bench(engine)
        var death = 0, ends: Int32 = SIGKILL, sold: [String] = [], declined: [String] = []
        let slow = ContinuousClock.now + .seconds(120)
        while ends == SIGKILL {
            // One look takes several steps on PostgreSQL, whose processes are also slower to start. On a slow machine, a process looks more often.
            death += (engine == .sqlite ? 1 : 3) * (.now < slow ? 1 : 5)
            sold.append("sold \(death)")
            declined.append("declined \(death)")
            try await add("sold", "sold \(death)", to: bench)
            try await add("declined", "declined \(death)", to: bench)
            ends = try await worker(bench, death: death).end()
            guard ends == SIGKILL else { break }
            #expect(try await worker(bench).end() == 0)
            #expect(death < 1000)
        }
        #expect(ends == 0)
        #expect(death > 10)
        try await audit(bench, sold: sold, declined: declined)
    }

    @Test(arguments: Engine.allCases) func theRunsOfAKilledProcessAreTakenOverWithoutWaitingForItsLease(engine: Engine) async throws {
        let bench = try await bench(engine)
        try await add("sold", "a", to: bench)
        // An hour's lease: nobody waits for it.
        let first = try await worker(bench, go: bench.directory.file("never"))
        #expect(await first.line() == "began a")
        let second = try await worker(bench)
        first.send(SIGKILL)
        #expect(await second.line() == "began a")
        #expect(await second.line() == "ended")
        try await audit(bench, sold: ["a"], declined: [])
    }

    @Test(arguments: Engine.allCases) func aRunThatKillsItsProcessThreeTimesIsStuckUntilItIsRetried(engine: Engine) async throws {
        let bench = try await bench(engine)
        try await add("lethal", "a", to: bench)
        for _ in 0..<3 { #expect(try await worker(bench).end() == SIGKILL) }
        let last = try await worker(bench)
        try await eventually("the run is stuck") {
            try await bench.database.first("SELECT 1 FROM roost_runs WHERE status = 'stuck' AND reason LIKE '%died 3 times%'") != nil
        }
        // Whatever arrives for it, it stays so.
        _ = try await bench.database.transaction { try await RunStore.send("go", "{}", to: "a", in: $0) }
        #expect(try await bench.database.first("SELECT 1 FROM roost_work WHERE id = 'a' AND crashes = 3 AND due_at > 1") != nil)
        _ = try await bench.database.transaction { try await RunStore.retry("a", in: $0) }
        #expect(await last.line() == "began a")
        #expect(await last.end() == SIGKILL)
    }

    @Test(arguments: Engine.allCases) func aProcessThatWakesUpTooLateChangesNothing(engine: Engine) async throws {
        let bench = try await bench(engine)
        try await add("sold", "a", to: bench)
        let go = bench.directory.file("go"), first = try await worker(bench, lease: 2000, go: go)
        #expect(await first.line() == "began a")
        try await pause(first, bench)
        // An hour's lease: it does not lose the run, however long the machine keeps it waiting.
        let second = try await worker(bench)
        #expect(await second.line() == "began a")
        #expect(await second.line() == "ended")
        #expect(await second.end() == 0)
        try Data().write(to: URL(fileURLWithPath: go))
        first.send(SIGCONT)
        // It goes on as a worker.
        try await add("sold", "b", to: bench)
        #expect(await first.prints("began b"))
        try await eventually("b has ended") {
            try await bench.database.first("SELECT 1 FROM roost_runs WHERE id = 'b' AND ended_at IS NOT NULL") != nil
        }
        try await audit(bench, sold: ["a", "b"], declined: [])
    }

    /// Stops a process at a moment at which it does not write: what it has locked would keep everyone else from writing.
    private func pause(_ process: TestProcess, _ bench: WorkflowBench) async throws {
        let others = """
            SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
            """ as SQL
        while true {
            try await process.pause()
            do {
                try await bench.database.execute("DELETE FROM notes WHERE 1 = 0")
                guard bench.database.dialect.locksRows else { return }
                if try await bench.database.query(others).isEmpty { return }
            } catch let problem as Problem where problem.status == .unavailable {}
            process.send(SIGCONT)
        }
    }
}
