import Roost
import RoostData
import RoostTesting
import TestTools
import Testing

@testable import RoostWorkflow

/// Several workers, and those who steer, write at a time.
@Suite(.timeLimit(.minutes(5))) struct ContentionTests {
    @Test(arguments: Engine.allCases) func signalsRetriesAndCancellationsMeetRunsThatSuspendAndEnd(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), runs = 24
        let flow = Flow { input, run in
            for number in 0..<3 {
                _ = try await run.signal(Go.self, key: "\(number)")
                try await run.transaction("note", key: "\(number)") { try await $0.execute("INSERT INTO notes (text) VALUES (\(input))") }
            }
            return input
        }
        let other = try await WorkflowBench.open(bench.url)
        let here = bench.workflows(flow), there = bench.workflows(flow, in: other)
        for number in 0..<runs { try await here.start(Flow.self, "r\(number)", id: "r\(number)") }
        try await bench.working(on: here) {
            try await bench.working(on: there) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<runs {
                        let id = "r\(number)"
                        group.addTask { for _ in 0..<3 { try await here.send(Go(text: ""), to: id) } }
                        group.addTask { for _ in 0..<3 { try? await there.retry(id) } }
                        if number % 4 == 0 { group.addTask { try await there.cancel(id) } }
                    }
                    try await group.waitForAll()
                }
                try await eventually("all runs have ended", within: .seconds(90)) {
                    try await bench.database.query("SELECT 1 FROM roost_runs WHERE ended_at IS NULL").isEmpty
                }
            }
        }
        let rows = try await bench.database.query("SELECT id, status FROM roost_runs")
        let completed = try rows.filter { try $0.get("status", as: String.self) == "completed" }.map { try $0.get("id", as: String.self) }
        #expect(completed.count >= runs - runs / 4)
        let notes = Dictionary(grouping: try await bench.notes()) { $0 }.mapValues(\.count)
        for id in completed { #expect(notes[id] == 3, "\(id)") }
        if engine == .postgres {
            let sql = "SELECT deadlocks AS count FROM pg_stat_database WHERE datname = current_database()" as SQL
            #expect(try await bench.database.first(sql)?.get("count", as: Int.self) == 0)
        }
        await other.close()
    }
}
