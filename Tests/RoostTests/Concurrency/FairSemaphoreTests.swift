import Roost
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct FairSemaphoreTests {
    private struct Late: Error {}

    private let greedy = ClientKey("192.0.2.1")
    private let modest = ClientKey("192.0.2.2")
    private let third = ClientKey("192.0.2.3")

    private func semaphore(_ set: (inout FairSemaphore.Limits) -> Void) -> FairSemaphore {
        var limits = FairSemaphore.Limits()
        set(&limits)
        return FairSemaphore(limits)
    }

    /// The order in which tasks had their turn.
    private final class Turns<Element: Sendable>: Sendable {
        private let elements = Mutex<[Element]>([])
        var all: [Element] { elements.withLock { $0 } }
        func add(_ element: Element) { elements.withLock { $0.append(element) } }
    }

    /// How many tasks have a permit, and the most that ever had one at once.
    private final class Use: Sendable {
        private let now = Atomic(0)
        private let largest = Atomic(0)
        var most: Int { largest.load(ordering: .relaxed) }

        func begin() { largest.max(now.add(1, ordering: .acquiringAndReleasing).newValue, ordering: .acquiringAndReleasing) }
        func end() { now.subtract(1, ordering: .acquiringAndReleasing) }
    }

    /// Starts a task, and returns once it waits.
    private func wait(for client: ClientKey, _ semaphore: FairSemaphore, _ turns: Turns<ClientKey>) async -> Task<Void, any Error> {
        let before = semaphore.waitingCount
        let task = Task { try await semaphore.withPermit(for: client) { turns.add(client) } }
        while semaphore.waitingCount == before { await Task.yield() }
        return task
    }

    @Test func clientsTakeTurns() async throws {
        let semaphore = semaphore { $0.permits = 1 }, turns = Turns<ClientKey>()
        var permit: FairSemaphore.Permit? = try await semaphore.permit(for: third)
        var tasks: [Task<Void, any Error>] = []
        for _ in 0..<5 { tasks.append(await wait(for: greedy, semaphore, turns)) }
        for _ in 0..<2 { tasks.append(await wait(for: modest, semaphore, turns)) }
        withExtendedLifetime(permit) {}
        permit = nil
        for task in tasks { try await task.value }
        #expect(turns.all == [greedy, modest, greedy, modest, greedy, greedy, greedy])
        #expect(semaphore.waitingCount == 0)
    }

    @Test func theTasksOfAClientAreServedInOrder() async throws {
        let semaphore = semaphore { $0.permits = 1 }
        var permit: FairSemaphore.Permit? = try await semaphore.permit(for: greedy)
        let order = Turns<Int>()
        var tasks: [Task<Void, any Error>] = []
        for index in 0..<10 {
            tasks.append(Task { [greedy] in try await semaphore.withPermit(for: greedy) { order.add(index) } })
            while semaphore.waitingCount == index { await Task.yield() }
        }
        withExtendedLifetime(permit) {}
        permit = nil
        for task in tasks { try await task.value }
        #expect(order.all == Array(0..<10))
    }

    @Test func aClientAtItsLimitBlocksNoOther() async throws {
        let semaphore = semaphore {
            $0.permits = 3
            $0.permitsPerClient = 1
        }
        let turns = Turns<ClientKey>()
        let permit = try await semaphore.permit(for: greedy)
        let waiting = await wait(for: greedy, semaphore, turns)
        try await semaphore.withPermit(for: modest) { turns.add(modest) }
        #expect(turns.all == [modest])
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        withExtendedLifetime(permit) {}
    }

    /// With all permits in use, the next one goes past clients that are at their own limit.
    @Test func aPermitGoesToAClientThatMayHaveIt() async throws {
        let semaphore = semaphore {
            $0.permits = 2
            $0.permitsPerClient = 1
        }
        let turns = Turns<ClientKey>()
        var first: FairSemaphore.Permit? = try await semaphore.permit(for: greedy)
        var second: FairSemaphore.Permit? = try await semaphore.permit(for: modest)
        let own = await wait(for: greedy, semaphore, turns), other = await wait(for: third, semaphore, turns)
        withExtendedLifetime(second) {}
        second = nil
        try await other.value
        #expect(turns.all == [third])
        withExtendedLifetime(first) {}
        first = nil
        try await own.value
        #expect(turns.all == [third, greedy])
    }

    @Test func theNumberOfWaitersIsLimited() async throws {
        let each = semaphore {
            $0.permitsPerClient = 1
            $0.waitersPerClient = 0
        }
        let all = semaphore {
            $0.permits = 1
            $0.waiters = 0
        }
        let permits = [try await each.permit(for: greedy), try await all.permit(for: greedy)]
        await #expect(throws: FairSemaphore.Refusal.client) { try await each.permit(for: greedy) }
        await #expect(throws: FairSemaphore.Refusal.all) { try await all.permit(for: greedy) }
        _ = try await each.permit(for: modest)
        withExtendedLifetime(permits) {}
    }

    @Test func aFullQueueDropsTheNewestTaskOfTheClientWithTheMost() async throws {
        let semaphore = semaphore {
            $0.permits = 1
            $0.waiters = 4
        }
        let turns = Turns<ClientKey>()
        var permit: FairSemaphore.Permit? = try await semaphore.permit(for: third)
        var tasks: [Task<Void, any Error>] = []
        for _ in 0..<4 { tasks.append(await wait(for: greedy, semaphore, turns)) }
        await #expect(throws: FairSemaphore.Refusal.all) { try await semaphore.permit(for: greedy) }
        let modestTask = Task { [modest] in try await semaphore.withPermit(for: modest) { turns.add(modest) } }
        await #expect(throws: FairSemaphore.Refusal.all) { try await tasks[3].value }
        withExtendedLifetime(permit) {}
        permit = nil
        try await modestTask.value
        for task in tasks.prefix(3) { try await task.value }
        #expect(turns.all == [greedy, modest, greedy, greedy])
    }

    @Test func whoGivesUpLeavesTheQueue() async throws {
        let semaphore = semaphore { $0.permits = 1 }, turns = Turns<ClientKey>()
        var permit: FairSemaphore.Permit? = try await semaphore.permit(for: third)
        let first = await wait(for: greedy, semaphore, turns), second = await wait(for: modest, semaphore, turns)
        await #expect(throws: Late.self) { try await semaphore.permit(for: greedy, by: .now, orThrow: Late()) }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(semaphore.waitingCount == 1)
        withExtendedLifetime(permit) {}
        permit = nil
        try await second.value
        #expect(turns.all == [modest] && semaphore.waitingCount == 0)
    }

    /// A permit that is handed to a task that gives up in the same moment must not be lost, nor used by two.
    @Test func noPermitIsLostOrUsedTwice() async throws {
        let semaphore = semaphore {
            $0.permits = 2
            $0.permitsPerClient = 2
        }
        let clients = [greedy, modest, third], use = Use()
        let tasks = (0..<2000).map { index in
            let task = Task {
                try await semaphore.withPermit(for: clients[index % 3]) {
                    use.begin()
                    await Task.yield()
                    use.end()
                }
            }
            if index.isMultiple(of: 3) { Task { task.cancel() } }
            return task
        }
        for task in tasks { _ = await task.result }
        #expect(use.most <= 2 && semaphore.waitingCount == 0)
        let permits = [try await semaphore.permit(for: greedy, by: .now), try await semaphore.permit(for: modest, by: .now)]
        withExtendedLifetime(permits) {}
    }
}
