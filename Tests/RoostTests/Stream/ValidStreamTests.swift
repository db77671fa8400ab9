import Synchronization
import Testing

@testable import Roost

@Suite(.timeLimit(.minutes(5))) struct ValidStreamTests {
    /// A validity that ends when the test says so.
    private final class Switch: Sendable {
        private let stream = AsyncStream.makeStream(of: Void.self)
        let isWatched = Atomic(false)

        var validity: CallValidity {
            CallValidity { [self] in
                isWatched.store(true, ordering: .releasing)
                for await _ in stream.stream { return Problem(.unauthorized, "over") }
                throw CancellationError()
            }
        }

        func end() { stream.continuation.yield() }
    }

    @Test func whatIsValidPassesWhole() async throws {
        let stream = MessageStream(
            AsyncStream { continuation in
                for number in 0..<1000 { continuation.yield(number) }
                continuation.finish()
            }
        ).ending(with: Switch().validity)
        var seen: [Int] = []
        for try await number in stream { seen.append(number) }
        #expect(seen == Array(0..<1000))
    }

    @Test func replaysAsItsStreamDoes() {
        for stream in [MessageStream(of: 1), MessageStream(of: 1).replaying()] {
            #expect(stream.ending(with: Switch().validity).isReplaying == stream.isReplaying)
        }
    }

    @Test func aStreamThatWaitsEndsWithItsCallsValidity() async throws {
        let (values, continuation) = AsyncStream.makeStream(of: Int.self)
        let end = Switch()
        continuation.yield(1)
        var iterator = MessageStream(values).ending(with: end.validity).makeAsyncIterator()
        #expect(try await iterator.next() == 1)
        end.end()
        await #expect { try await iterator.next() } throws: { ($0 as? Problem)?.status == .unauthorized }
        continuation.yield(2)
        await #expect { try await iterator.next() } throws: { ($0 as? Problem)?.status == .unauthorized }
    }

    @Test func anErrorAndACancellationPass() async throws {
        let failing = MessageStream<Int>(unfolding: { throw Problem(.conflict) }).ending(with: Switch().validity)
        await #expect { for try await _ in failing {} } throws: { ($0 as? Problem)?.status == .conflict }
        let waiting = MessageStream(AsyncStream<Int> { _ in }).ending(with: Switch().validity)
        let task = Task { for try await _ in waiting {} }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func nothingIsWatchedAnyMoreOnceNobodyReads() async throws {
        let ended = AsyncStream.makeStream(of: Void.self)
        do {
            let validity = CallValidity {
                await withTaskCancellationHandler {
                    // Longer than the test: it ends only by being cancelled.
                    try? await Task.sleep(for: .seconds(3600))
                } onCancel: {
                    ended.continuation.yield()
                }
                throw CancellationError()
            }
            var iterator: MessageStream<Int>.AsyncIterator? = MessageStream(of: 1, 2).ending(with: validity).makeAsyncIterator()
            _ = try await iterator?.next()
            iterator = nil
        }
        for await _ in ended.stream { break }
    }
}
