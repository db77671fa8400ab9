import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@testable import RoostWork

/// The clock of the operating system is set forward or back by an hour, while workers have jobs.
@Suite(.timeLimit(.minutes(5))) struct ClockJumpTests {
    private func claim(_ chores: Chores, as worker: String) async throws -> JobClaim {
        let store = chores.queue.store
        let row = try await chores.database.transaction { transaction in
            try await store.enter(worker, presence: nil, for: .seconds(60), in: transaction)
            return try await store.claim(1, returning: 1, by: worker, in: transaction).first
        }
        return try #require(row).claim
    }

    @Test func aLeaseThatExpiresByAJumpLeavesTheJobToOneWorker() async throws {
        let clock = TestClock(), chores = try await Chores(clock: clock), store = chores.queue.store
        try await chores.add("a")
        let first = try await claim(chores, as: "one")
        clock.jump(by: .seconds(3600))
        #expect(try await store.evict(dead: []) == 1)
        let second = try await claim(chores, as: "two")
        let isKept = try await chores.database.transaction { try await store.renew("one", for: .seconds(60), in: $0) }
        #expect(!isKept)
        await #expect(throws: DatabaseError.jobLost) { try await store.finish([first], keeping: false) }
        try await store.finish([second], keeping: false)
        #expect(try await chores.count() == 0)
    }

    @Test func aLeaseThatIsRenewedAfterAJumpBackLastsNoLongerThanUsual() async throws {
        let clock = TestClock(), chores = try await Chores(clock: clock), store = chores.queue.store
        try await chores.add("a")
        _ = try await claim(chores, as: "one")
        clock.jump(by: .seconds(-3600))
        #expect(try await store.evict(dead: []) == 0)
        let isKept = try await chores.database.transaction { try await store.renew("one", for: .seconds(60), in: $0) }
        #expect(isKept)
        clock.advance(by: .seconds(59))
        #expect(try await store.evict(dead: []) == 0)
        clock.advance(by: .seconds(1))
        #expect(try await store.evict(dead: []) == 1)
    }

    /// Two workers have all the jobs. By the new time, the leases of both may be over, so each may take the other's.
    @Test(arguments: [3600, -3600]) func eachJobTakesEffectOnce(jump: Int) async throws {
        let clock = TestClock(), chores = try await Chores(Chores.options(concurrency: 2, attempts: .max), clock: clock)
        let begun = Calls<String>(), jumped = Gate(), names = (0..<8).map { "job \($0)" }
        try await chores.database.transaction { transaction in
            for name in names { try await chores.queue.add(Chore(name: name), id: name, in: transaction) }
        }
        let other = try await Database.open(chores.directory.databaseURL(), clock: clock)
        let queues = [chores.queue, WorkQueue<Chore>("chores", in: other, options: Chores.options(concurrency: 2, attempts: .max))]
        let workers = queues.map { queue in
            Task {
                await queue.run { job in
                    begun.record(job.id)
                    await jumped.wait()
                    try await job.store.database.transaction { transaction in
                        try await transaction.execute("INSERT INTO done VALUES (\(job.id), '')")
                        try await job.finish(in: transaction)
                    }
                }
            }
        }
        try await eventually("both workers have jobs") { begun.count == 4 }
        clock.jump(by: .seconds(jump))
        // The workers look at each other's leases, renew their own, and begin what they can.
        for _ in 0..<3 { clock.advance(by: Chores.options().lease / 3) }
        jumped.open()
        try await clock.advance(by: .milliseconds(20), until: "all jobs are done") { try await chores.count() == 0 }
        for worker in workers { worker.cancel() }
        for worker in workers { await worker.value }
        let done = try await chores.database.query("SELECT chore FROM done").map { try $0.get("chore", as: String.self) }
        #expect(done.sorted() == names)
        await other.close()
    }
}
