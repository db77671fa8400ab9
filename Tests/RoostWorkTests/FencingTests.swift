import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostWork

/// A worker that has lost its job changes nothing more: in one process, step by step, and with processes that are killed and stopped.
@Suite(.timeLimit(.minutes(5))) struct FencingTests {
    private func claim(_ chores: Chores, as worker: String) async throws -> WorkStore.Row? {
        let store = chores.queue.store
        return try await chores.database.transaction { transaction in
            try await store.enter(worker, presence: nil, for: .seconds(60), in: transaction)
            return try await store.claim(1, returning: 1, by: worker, in: transaction).first
        }
    }

    @Test func aClaimOfAnEarlierEpochChangesNothing() async throws {
        let chores = try await Chores(), store = chores.queue.store
        try await chores.add("a")
        let first = try #require(try await claim(chores, as: "one")).claim
        #expect(try await claim(chores, as: "two") == nil)
        #expect(try await store.evict(dead: ["one"]) == 1)
        // Nobody has it, and yet it is no more the first one's.
        await #expect(throws: DatabaseError.jobLost) { try await store.postpone(first, for: .zero, attempts: 1) }
        let second = try #require(try await claim(chores, as: "one")).claim
        #expect(second.epoch != first.epoch)
        await #expect(throws: DatabaseError.jobLost) { try await store.end(first, because: "no") }
        await #expect(throws: DatabaseError.jobLost) { try await store.finish([first], keeping: false) }
        await #expect(throws: DatabaseError.jobLost) {
            try await chores.database.transaction { transaction in
                try await transaction.execute("INSERT INTO done VALUES ('a', 'one')")
                try await store.progress(first, in: transaction)
            }
        }
        try await store.release([first])
        #expect(try await chores.database.query("SELECT 1 FROM done").isEmpty)
        try await store.finish([second], keeping: false)
        #expect(try await chores.count() == 0)
    }

    /// Starts a process of `work-crash-helper`.
    private func worker(_ chores: Chores, _ name: String, lease: Int) async throws -> TestProcess {
        try await TestProcess.start("work-crash-helper", [chores.directory.path, name, String(lease)])
    }

    /// Stops a process at a moment at which it does not write: in the middle of a write, such as of its lease, it would keep everyone else
    /// from writing.
    private func pause(_ process: TestProcess, besides chores: Chores) async throws {
        while true {
            try await process.pause()
            do {
                try await chores.database.execute("DELETE FROM done WHERE false")
                return
            } catch let problem as Problem where problem.status == .unavailable {
                process.send(SIGCONT)
            }
        }
    }

    @Test func theJobsOfAKilledProcessAreTakenOverAtOnce() async throws {
        let chores = try await Chores()
        try await chores.add("a", "b")
        // An hour's lease: nobody waits for it.
        let first = try await worker(chores, "first", lease: 3_600_000)
        #expect(await first.line() == "ready")
        #expect(await first.line()?.hasPrefix("began") == true)
        #expect(await first.line()?.hasPrefix("began") == true)
        let second = try await worker(chores, "second", lease: 3_600_000)
        #expect(await second.line() == "ready")
        try chores.directory.letGo("second")
        try await chores.add("c")
        #expect(await second.line() == "began c")
        #expect(await second.line() == "done c")
        first.send(SIGKILL)
        var lines: [String] = []
        for _ in 0..<4 { lines.append(await second.line() ?? "") }
        #expect(lines.sorted() == ["began a", "began b", "done a", "done b"])
        #expect(try await chores.count() == 0)
    }

    @Test func aWorkerThatWakesUpTooLateChangesNothing() async throws {
        let chores = try await Chores()
        try await chores.add("a")
        let first = try await worker(chores, "first", lease: 3000)
        #expect(await first.line() == "ready")
        #expect(await first.line() == "began a")
        try await pause(first, besides: chores)
        try chores.directory.letGo("first")
        // An hour's lease: it does not lose the job, however long the machine keeps it waiting.
        let second = try await worker(chores, "second", lease: 3_600_000)
        #expect(await second.line() == "ready")
        #expect(await second.line() == "began a")
        // Both have it; the first one is the first to write.
        first.send(SIGCONT)
        #expect(await first.prints("lost a"))
        try chores.directory.letGo("second")
        #expect(await second.line() == "done a")
        let done = try await chores.database.query("SELECT worker FROM done").map { try $0.get("worker", as: String.self) }
        #expect(done == ["second"])
        // It goes on as a worker.
        second.send(SIGKILL)
        try await chores.add("b")
        #expect(await first.prints("began b"))
        #expect(await first.prints("done b"))
    }
}
