import Roost
import Testing

@testable import RoostData

@Suite struct TurnstileTests {
    @Test func turnsComeInOrder() async throws {
        let turnstile = Turnstile([0], patience: .seconds(60))
        let resource = try await turnstile.take()
        let (served, continuation) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<5 {
                group.addTask {
                    let resource = try await turnstile.take()
                    continuation.yield(index)
                    turnstile.give(resource)
                }
                while turnstile.waitingCount <= index { await Task.yield() }
            }
            turnstile.give(resource)
            try await group.waitForAll()
        }
        continuation.finish()
        #expect(await served.reduce(into: []) { $0.append($1) } == [0, 1, 2, 3, 4])
    }

    @Test func aLongWaitIsA503() async throws {
        let turnstile = Turnstile([0], patience: .milliseconds(1))
        let resource = try await turnstile.take()
        await #expect { try await turnstile.take() } throws: { ($0 as? Problem)?.status == .unavailable }
        turnstile.give(resource)
        #expect(try await turnstile.take() == 0)
    }

    @Test func aFullLineIsA503() async throws {
        let turnstile = Turnstile([0], patience: .seconds(60), capacity: 0)
        await #expect { try await turnstile.take() } throws: { ($0 as? Problem)?.status == .unavailable }
    }

    @Test func aCancelledWaitLeavesTheLine() async throws {
        let turnstile = Turnstile([0], patience: .seconds(60))
        let resource = try await turnstile.take()
        let waiter = Task { try await turnstile.take() }
        while turnstile.waitingCount == 0 { await Task.yield() }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        turnstile.give(resource)
        #expect(try await turnstile.take() == 0)
    }

    @Test func closingTurnsAwayThoseWhoWait() async throws {
        let turnstile = Turnstile([0], patience: .seconds(60))
        let resource = try await turnstile.take()
        let waiter = Task { try await turnstile.take() }
        while turnstile.waitingCount == 0 { await Task.yield() }
        async let closing = turnstile.close()
        await #expect(throws: DatabaseError.self) { try await waiter.value }
        turnstile.give(resource)
        #expect(await closing == [0])
    }
}
