import Roost
import Synchronization
import Testing

@testable import RoostAuth

@Suite(.timeLimit(.minutes(1))) final class FairQueueTests: Sendable {
    private let done = Mutex<[String]>([])
    private let gate = AsyncStream.makeStream(of: Void.self)

    /// Occupies the only slot until the gate opens.
    private func holdPlace(_ queue: FairQueue) async -> Task<Void, any Error> {
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        let gate = gate.stream
        let task = Task {
            try await queue.run(for: "first") {
                holding.yield()
                for await _ in gate { break }
            }
        }
        for await _ in held { break }
        return task
    }

    private func add(_ client: String, to queue: FairQueue) async -> Task<Status, any Error> {
        let before = queue.waitingCount
        let task = Task { try await status { try await queue.run(for: client) { done.withLock { $0.append(client) } } } }
        while queue.waitingCount == before { await Task.yield() }
        return task
    }

    @Test func clientsTakeTurns() async throws {
        let queue = FairQueue(places: 1, capacity: 100)
        let first = await holdPlace(queue)
        var tasks: [Task<Status, any Error>] = []
        for _ in 0..<20 { tasks.append(await add("greedy", to: queue)) }
        for _ in 0..<2 { tasks.append(await add("modest", to: queue)) }
        gate.continuation.yield()
        try await first.value
        for task in tasks { #expect(try await task.value == .ok) }
        #expect(done.withLock { $0.prefix(4) } == ["greedy", "modest", "greedy", "modest"])
        #expect(done.withLock { $0.count } == 22)
    }

    @Test func fullQueueDropsTheNewestEntryOfTheClientWithTheMost() async throws {
        let queue = FairQueue(places: 1, capacity: 4)
        let first = await holdPlace(queue)
        var greedy: [Task<Status, any Error>] = []
        for _ in 0..<4 { greedy.append(await add("greedy", to: queue)) }
        #expect(try await status { try await queue.run(for: "greedy") {} } == .unavailable)
        let modest = Task { try await status { try await queue.run(for: "modest") { done.withLock { $0.append("modest") } } } }
        #expect(try await greedy[3].value == .unavailable)
        gate.continuation.yield()
        try await first.value
        #expect(try await modest.value == .ok)
        for task in greedy.prefix(3) { #expect(try await task.value == .ok) }
    }

    @Test func cancelledWorkLeavesTheQueue() async throws {
        let queue = FairQueue(places: 1, capacity: 4)
        let first = await holdPlace(queue)
        let second = await add("second", to: queue), third = await add("third", to: queue)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.continuation.yield()
        try await first.value
        #expect(try await third.value == .ok)
        #expect(done.withLock { $0 } == ["third"] && queue.waitingCount == 0)
    }
}
