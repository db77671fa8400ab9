import Roost
import RoostData
import RoostWork
import Testing

@Suite(.timeLimit(.minutes(5))) struct BatchTests {
    private func run(
        _ chores: Chores, _ handle: @escaping @Sendable ([ClaimedJob<Chore>]) async throws -> Void, _ body: () async throws -> Void
    ) async throws {
        let worker = Task { await chores.queue.run(batch: 10, handle) }
        do { try await body() } catch {
            worker.cancel()
            await worker.value
            throw error
        }
        worker.cancel()
        await worker.value
    }

    @Test func aBatchHoldsTheOldestInOrderAlsoThoseOfOneKey() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.database.transaction { transaction in
            for number in 0..<25 { try await chores.queue.add(Chore(name: "\(number)"), key: "\(number % 2)", in: transaction) }
        }
        try await run(chores) { batch in
            for chore in batch { notes.add(chore.job.name) }
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list == (0..<25).map { "\($0)" })
    }

    @Test func aBatchThatFailsAsAWholeCountsForNoneOfItsJobs() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.add("a", "b")
        try await run(chores) { batch in
            notes.add(batch.map { "\($0.job.name)\($0.attempt)" }.joined())
            if notes.list.count < 4 { throw Refusal() }
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list == ["a1b1", "a1b1", "a1b1", "a1b1"])
    }

    @Test func oneThatFailsWaitsWithThoseOfItsKeyBehindItAndTheOthersGo() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.add("a1", "a2", key: "a")
        try await chores.add("b1", key: "b")
        try await run(chores) { batch in
            for chore in batch {
                if chore.job.name == "a1", chore.attempt < 3 {
                    try await chore.fail(Refusal())
                } else if chore.job.name == "a2", !notes.list.contains("a1") {
                    try await chore.release()
                } else {
                    notes.add(chore.job.name)
                }
            }
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list.filter { $0.hasPrefix("a") } == ["a1", "a2"])
        #expect(notes.list.contains("b1"))
    }
}
