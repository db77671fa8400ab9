import Roost
import RoostData
import RoostWork
import Testing

@Suite(.timeLimit(.minutes(5))) struct DrainTests {
    @Test func whatIsUnderWayEndsAndNothingElseBegins() async throws {
        let chores = try await Chores(Chores.options(concurrency: 1)), notes = Notes(), begun = Gate(), stopping = Gate()
        try await chores.add("a", "b")
        let worker = Task {
            await chores.queue.run { chore in
                begun.open()
                await stopping.wait()
                try await chores.database.transaction { try await chore.finish(in: $0) }
                notes.add(chore.job.name)
            }
        }
        await begun.wait()
        worker.cancel()
        stopping.open()
        await worker.value
        #expect(notes.list == ["a"])
        let left = try await chores.database.query("SELECT id, attempts, worker FROM roost_work")
        #expect(try left.map { try $0.get("id", as: String.self) } == ["b"])
        #expect(try left.first?.get("worker", as: String?.self) == nil)
        #expect(try await chores.database.query("SELECT 1 FROM roost_workers").isEmpty)
    }

    @Test func whatDoesNotEndInTimeIsCancelledAndGivenBackUncounted() async throws {
        var options = Chores.options()
        options.grace = .milliseconds(20)
        let chores = try await Chores(options), begun = Gate()
        try await chores.add("a")
        let worker = Task {
            await chores.queue.run { _ in
                begun.open()
                // Longer than the test: it ends only by being cancelled.
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await begun.wait()
        worker.cancel()
        await worker.value
        let row = try #require(try await chores.database.first("SELECT * FROM roost_work"))
        #expect(try row.get("attempts", as: Int.self) == 0)
        #expect(try row.get("worker", as: String?.self) == nil)
        #expect(try row.get("state", as: String.self) == "waiting")
    }

    @Test(arguments: [false, true]) func whatIgnoresItsCancellationIsGivenBack(isCounted: Bool) async throws {
        var options = Chores.options()
        options.grace = .milliseconds(20)
        options.countsInterruptions = isCounted
        let chores = try await Chores(options), begun = Gate(), end = Gate()
        try await chores.add("a")
        let worker = Task {
            await chores.queue.run { _ in
                begun.open()
                await withCancellationShield { await end.wait() }
            }
        }
        await begun.wait()
        worker.cancel()
        await worker.value
        let row = try #require(try await chores.database.first("SELECT * FROM roost_work"))
        #expect(try row.get("attempts", as: Int.self) == (isCounted ? 1 : 0))
        #expect(try row.get("worker", as: String?.self) == nil)
        #expect(try row.get("state", as: String.self) == "waiting")
        end.open()
    }
}
