import Foundation
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostWorkflow

/// Runs that start by the time. The test's clock begins at 2027-01-15T08:00:00Z.
@Suite(.timeLimit(.minutes(5))) struct ScheduleTests {
    private func nightly() throws -> ScheduledWorkflow {
        ScheduledWorkflow(Other.self, try .cron("0 3 * * *")) { ScheduledWorkflow.label(of: $0) }
    }

    private func ids(_ workflows: Workflows) async throws -> [String] { try await workflows.list().items.map(\.id).reversed() }

    @Test(arguments: Engine.allCases) func eachTimeStartsOneRunHoweverManyProcessesThereAre(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock)
        let other = try await WorkflowBench.open(bench.url, clock: clock)
        let here = bench.workflows(Other(), schedules: [try nightly()])
        let there = bench.workflows(Other(), schedules: [try nightly()], in: other)
        try await bench.working(on: here) {
            try await bench.working(on: there) {
                clock.advance(by: .seconds(18 * 3600 + 1800))
                for night in 1...3 {
                    try await clock.advance(by: .seconds(60), until: "night \(night)") {
                        try await here.list(status: .completed).items.count >= night
                    }
                    clock.advance(by: .seconds(22 * 3600))
                }
            }
        }
        // A fourth one may have begun.
        #expect(try await Array(ids(here).prefix(3)) == ["16", "17", "18"].map { "other@2027-01-\($0)T03:00:00Z" })
        #expect(try await here.result(of: "other@2027-01-16T03:00:00Z", Other.self, within: .zero) == "2027-01-16T03:00:00Z")
        await other.close()
    }

    @Test(arguments: Engine.allCases) func whatWasMissedStartsOnce(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock)
        let workflows = bench.workflows(Other()), runner = ScheduleRunner(scheduled: try nightly(), store: workflows.store)
        // It is new: yesterday's time is not missed.
        #expect(try await runner.startDue() == .seconds(19 * 3600))
        #expect(try await ids(workflows).isEmpty)
        clock.advance(by: .seconds(10 * 86_400))
        #expect(try await runner.startDue() == .seconds(19 * 3600))
        _ = try await runner.startDue()
        #expect(try await ids(workflows) == ["other@2027-01-25T03:00:00Z"])
    }

    @Test func anInputThatFailsIsAskedForAgain() async throws {
        let clock = TestClock(), bench = try await WorkflowBench(clock: clock), diary = Diary()
        let scheduled = ScheduledWorkflow(Other.self, try .cron("0 9 * * *"), named: "daily") { date in
            diary.add("asked")
            guard diary.list.count > 1 else { throw Problem.unavailable("Not yet.") }
            return ScheduledWorkflow.label(of: date)
        }
        let workflows = bench.workflows(Other(), schedules: [scheduled])
        try await bench.working(on: workflows) {
            try await clock.advance(by: .seconds(60), until: "the run") { try await workflows.list(status: .completed).items.count >= 1 }
        }
        #expect(try await ids(workflows) == ["daily@2027-01-15T09:00:00Z"])
    }
}
