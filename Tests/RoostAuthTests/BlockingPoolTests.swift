import Dispatch
import Roost
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlockingPoolTests {
    @Test func givesResultsAndErrors() async throws {
        let pool = BlockingPool("test", threads: 2, limit: 4)
        #expect(try await pool.run { 6 * 7 } == 42)
        await #expect(throws: Problem.self) { try await pool.run { throw Problem(.notFound) } }
    }

    @Test func refusesMoreThanItsBoundAndDropsCancelledWork() async throws {
        let pool = BlockingPool("test", threads: 1, limit: 2)
        let started = DispatchSemaphore(value: 0), gate = DispatchSemaphore(value: 0)
        async let first: Void = pool.run {
            started.signal()
            gate.wait()
        }
        await signal(of: started)

        // Three more calls: one can wait, two are refused.
        let (refusals, refuse) = AsyncStream.makeStream(of: Status.self)
        let ran = Counter()
        let others = (0..<3).map { _ in
            Task {
                do {
                    try await pool.run { ran.count() }
                } catch let problem as Problem {
                    refuse.yield(problem.status)
                }
            }
        }
        for await status in refusals.prefix(2) { #expect(status == .unavailable) }

        for other in others { other.cancel() }
        gate.signal()
        try await first
        var dropped = 0
        for other in others {
            do { try await other.value } catch is CancellationError { dropped += 1 }
        }
        #expect(dropped == 1)
        #expect(ran.value == 0)
        #expect(try await pool.run { true }, "there is room again")
    }

    private final class Counter: Sendable {
        private let mutex = Mutex(0)
        var value: Int { mutex.withLock { $0 } }
        func count() { mutex.withLock { $0 += 1 } }
    }

    private func signal(of semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
