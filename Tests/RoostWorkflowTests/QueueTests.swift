import Roost
import RoostData
import RoostTesting
import RoostWork
import Testing

@testable import RoostWorkflow

/// Bounds of runs over all processes.
@Suite(.timeLimit(.minutes(5))) struct QueueTests {
    private let diary = Diary()

    private func letters(_ workflows: Workflows, _ tenants: String...) async throws {
        for (number, tenant) in tenants.enumerated() {
            try await workflows.start(Mailing.self, Letter(tenant: tenant, number: number), id: "\(tenant)\(number)")
        }
    }

    /// Waits until a number of runs have a place, and returns how many have one in the end.
    private func begun(_ bench: WorkflowBench, _ count: Int) async throws {
        try await bench.wait { [diary] in diary.list.count >= count }
    }

    @Test(arguments: Engine.allCases) func noMoreRunAtATimeThanThereArePlacesInSeveralProcesses(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary, gate = Gate()
        let mailing = Mailing { letter in
            diary.add(letter.tenant)
            try await gate.pass()
        }
        let other = try await WorkflowBench.open(bench.url)
        let here = bench.workflows(mailing), there = bench.workflows(mailing, in: other)
        try await letters(here, "a", "a", "a", "a", "b", "a", "c", "c")
        try await bench.working(on: here) {
            try await bench.working(on: there) {
                try await eventually("all places are taken") { diary.list.count == 5 }
                // Another look changes nothing.
                for admission in here.admissions + there.admissions { #expect(try await admission.admit(after: nil) == nil) }
                let taken = try await bench.database.query("SELECT value FROM roost_run_places WHERE taken_at IS NOT NULL ORDER BY value")
                #expect(try taken.map { try $0.get("value", as: String.self) } == ["a", "a", "b", "c", "c"])
                #expect(try await here.find("a5")?.waitsFor == "a place in the queue mail")
                gate.open()
                for id in ["a0", "a1", "a2", "a3", "b4", "a5", "c6", "c7"] {
                    try await eventually("\(id) has ended") { try await here.find(id)?.status == .completed }
                }
            }
        }
        #expect(diary.list.count == 8)
        await other.close()
    }

    @Test(arguments: Engine.allCases) func noMoreStartWithinAWindowThanTheRateAllows(engine: Engine) async throws {
        let clock = TestClock(), bench = try await WorkflowBench(engine, clock: clock), diary = diary
        let workflows = bench.workflows(Pacing { diary.add($0) })
        for number in 0..<5 { try await workflows.start(Pacing.self, "\(number)", id: "r\(number)") }
        let admission = try #require(workflows.admissions.first)
        func started() async throws -> Int {
            try await bench.database.query("SELECT 1 FROM roost_run_places WHERE taken_at IS NOT NULL").count
        }
        _ = try await admission.admit(after: nil)
        #expect(try await started() == 2)
        clock.advance(by: .seconds(59))
        _ = try await admission.admit(after: nil)
        #expect(try await started() == 2)
        clock.advance(by: .seconds(1))
        _ = try await admission.admit(after: nil)
        // Those of the first window do not count any more.
        #expect(try await started() == 2)
        let waiting = try await bench.database.query("SELECT run_id FROM roost_run_places WHERE taken_at IS NULL")
        #expect(try waiting.map { try $0.get("run_id", as: String.self) } == ["r4"])
        try await bench.working(on: workflows) {
            try await clock.advance(by: .seconds(10), until: "all runs have ended") { diary.list.count == 5 }
        }
        #expect(Set(diary.list) == ["0", "1", "2", "3", "4"])
    }

    @Test func runsOfManyTenantsGetTheirPlacesInPortions() async throws {
        let bench = try await WorkflowBench(), workflows = bench.workflows(Mailing { _ in })
        try await bench.database.transaction { transaction in
            for number in 0..<(QueueAdmission.portion + 10) {
                try await workflows.start(Mailing.self, Letter(tenant: "t\(number)", number: 0), id: "r\(number)", in: transaction)
            }
        }
        let admission = try #require(workflows.admissions.first)
        let last = try await admission.admit(after: nil)
        #expect(last != nil)
        #expect(try await admission.admit(after: last) == nil)
        #expect(try await bench.database.query("SELECT 1 FROM roost_run_places WHERE taken_at IS NULL").isEmpty)
    }

    @Test(arguments: Engine.allCases) func aRunThatWaitsForItsPlaceIsNotStartedByASignalButCanBeCancelled(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(Mailing { diary.add($0.tenant) })
        try await letters(workflows, "a")
        #expect(try await workflows.send(Go(text: ""), to: "a0"))
        try await workflows.retry("a0")
        let due = "SELECT 1 FROM roost_work WHERE id = 'a0' AND due_at = \(JobTime.never)" as SQL
        #expect(try await bench.database.query(due).count == 1)
        try await workflows.cancel("a0")
        #expect(try await bench.database.query(due).isEmpty)
        try await bench.working(on: workflows) { try await bench.wait(for: "a0", .cancelled) }
        #expect(diary.list.isEmpty)
    }

    @Test(arguments: Engine.allCases) func aRunThatIsStuckTakesNoPlace(engine: Engine) async throws {
        let bench = try await WorkflowBench(engine), diary = diary
        let workflows = bench.workflows(
            Mailing { letter in
                if letter.number < 2 { throw Problem(.unprocessable, "No such street.") }
                diary.add("sent")
            })
        try await letters(workflows, "a", "a", "a")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "a2", .completed)
            try await bench.wait(for: "a0", .stuck)
            try await bench.wait(for: "a1", .stuck)
        }
        #expect(diary.list == ["sent"])
    }
}

@Schema
struct Letter {
    var tenant: String
    var number: Int
}

struct Mailing: Workflow {
    static let name = "mailing"
    static let queue: WorkflowQueue<Letter>? = WorkflowQueue("mail", concurrency: 2, by: \.tenant)
    let send: @Sendable (Letter) async throws -> Void

    func run(_ letter: Letter, in run: Run) async throws -> String {
        do {
            try await run.step("send") { try await send(letter) }
        } catch let failure as StepFailure {
            throw run.hold(because: failure.message)
        }
        return "sent"
    }
}

struct Pacing: Workflow {
    static let name = "pacing"
    static let queue: WorkflowQueue<String>? = WorkflowQueue("paced", rate: 2, per: .seconds(60))
    let note: @Sendable (String) -> Void

    func run(_ input: String, in run: Run) async throws -> String {
        try await run.step("note") { note(input) }
        return input
    }
}
