import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import RoostWork
import Testing

/// Jobs by a clock that the test advances.
@Suite(.timeLimit(.minutes(5))) struct DueTests {
    private static func options() -> WorkOptions {
        var options = Chores.options()
        options.retry.backoff = Backoff(first: .seconds(3600), longest: .seconds(3600), jitter: 1...1)
        return options
    }

    @Test func aJobIsDoneAtItsTime() async throws {
        let clock = TestClock(), chores = try await Chores(Self.options(), clock: clock), notes = Notes()
        try await chores.add("later", at: clock.now + 3600)
        try await chores.add("now")
        try await chores.working(by: { notes.add($0.job.name) }) {
            try await chores.wait { try await chores.count() == 1 }
            #expect(notes.list == ["now"])
            try await clock.advance(by: .seconds(60), until: "the job") { try await chores.count() == 0 }
        }
        #expect(notes.list == ["now", "later"])
        #expect(clock.uptime >= .seconds(3600))
    }

    @Test func aJobThatFailsIsTriedAgainAfterEachPause() async throws {
        let clock = TestClock(), chores = try await Chores(Self.options(), clock: clock), attempts = Calls<Duration>()
        try await chores.add("a")
        try await chores.working(by: { _ in
            attempts.record(clock.uptime)
            throw Refusal()
        }) {
            try await clock.advance(by: .seconds(600), until: "the end") { try await chores.count("dead") == 1 }
        }
        #expect(attempts.count == 3)
        #expect(zip(attempts.all, attempts.all.dropFirst()).allSatisfy { $1 - $0 >= .seconds(3600) })
    }

    @Test func aWorkerThatHangsLosesItsJobsWithItsLease() async throws {
        let hung = TestClock(), clock = TestClock()
        // The first worker may claim the job again as soon as it is given back, and its lease is over at once by the other's clock.
        let chores = try await Chores(Chores.options(attempts: .max), clock: hung), notes = Notes(), begun = Gate()
        try await chores.add("a")
        let other = try await Database.open(chores.directory.databaseURL(), clock: clock)
        try await chores.working(by: { _ in
            begun.open()
            try await hung.sleep(for: .seconds(1))
        }) {
            await begun.wait()
            // The clock may be advanced beyond the lease of this worker too, before it has done the job.
            let queue = WorkQueue<Chore>("chores", in: other, options: Chores.options(attempts: .max))
            let worker = Task { await queue.run { notes.add($0.job.name) } }
            try await clock.advance(by: .seconds(1), until: "another worker has the job") { !notes.list.isEmpty }
            #expect(clock.uptime >= Chores.options().lease)
            worker.cancel()
            await worker.value
            hung.advance(by: .seconds(1))
        }
        await other.close()
    }
}
