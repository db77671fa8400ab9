import Roost
import RoostHTTP
import RoostTesting
import Testing

@testable import RoostGateway

/// How turns are shared out, and the room for bodies.
@Suite(.timeLimit(.minutes(5))) struct ConcurrencyLimiterTests {
    private let first = ClientKey("192.0.2.1")
    private let second = ClientKey("192.0.2.2")

    @Test func oneClientsTurnsAreNotAnothers() async throws {
        let limiter = ConcurrencyLimiter(each: 1, waiting: 1)
        var held: ConcurrencyLimiter.Permit? = try await limiter.take(for: first)
        _ = try await limiter.take(for: second)
        let next = Task { _ = try await limiter.take(for: first) }
        withExtendedLifetime(held) {}
        held = nil
        try await next.value
        _ = try await limiter.take(for: first)
    }

    @Test func whoMayNotWaitIsRefused() async throws {
        let limiter = ConcurrencyLimiter(each: 1)
        let held = try await limiter.take(for: first)
        let refused = await #expect(throws: Problem.self) { try await limiter.take(for: first) }
        #expect(refused?.status == .tooManyRequests && refused?.headers["retry-after"] == "1")
        withExtendedLifetime(held) {}
    }

    @Test func whoWaitsMayGiveUp() async throws {
        let limiter = ConcurrencyLimiter(each: 1, waiting: 10)
        let held = try await limiter.take(for: first)
        let late = await #expect(throws: Problem.self) { try await limiter.take(for: first, by: .now) }
        #expect(late?.status == .gatewayTimeout)
        let waiting = Task { try await limiter.take(for: first) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        withExtendedLifetime(held) {}
    }

    @Test func allTurnsMayBeTaken() async throws {
        let limiter = ConcurrencyLimiter(each: 2, all: 3)
        let held = [try await limiter.take(for: first), try await limiter.take(for: first), try await limiter.take(for: second)]
        let refused = await #expect(throws: Problem.self) { try await limiter.take(for: second) }
        #expect(refused?.status == .unavailable)
        let own = await #expect(throws: Problem.self) { try await limiter.take(for: first) }
        #expect(own?.status == .tooManyRequests)
        withExtendedLifetime(held) {}
    }

    @Test func aRoomIsShared() {
        let capacity = SharedCapacity(100)
        #expect(capacity.reserve(25, for: first) && !capacity.reserve(1, for: first) && capacity.reserve(25, for: second))
        capacity.release(25, for: first)
        #expect(capacity.used == 25 && capacity.reserve(10, for: first))
    }

    /// What is spooled comes out as it went in, however it is read, and leaves nothing.
    @Test(arguments: [0, 1, 300, 3000]) func aSpoolKeepsABody(count: Int) async throws {
        let capacity = SpoolCapacity(ClientShares())
        let pieces = (0..<count).map { number in [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1 + number * 7 % 5000) }
        func source() -> Body {
            .stream(
                AsyncThrowingStream<[UInt8], any Error> {
                    for piece in pieces { $0.yield(piece) }; $0.finish()
                }, length: nil)
        }
        let whole = Array(pieces.joined())
        let gathered = try await capacity.gathered(source(), upTo: .max, for: first)
        #expect(gathered.length == whole.count)
        let isWhole = try await gathered.collect(upTo: .max) == whole
        #expect(isWhole)
        guard case .stream(let stream, _) = source() else { return }
        let relayed = capacity.relayed(MessageStream(stream), for: first, holding: ())
        let isRelayed = try await Body.stream(relayed, length: nil).collect(upTo: .max) == whole
        #expect(isRelayed)
        _ = consume gathered
        _ = consume relayed
    }

    @Test func whatIsNotReadIsGivenUp() async throws {
        let capacity = SpoolCapacity(ClientShares())
        let ended = AsyncStream.makeStream(of: Void.self)
        let endless = AsyncThrowingStream<[UInt8], any Error> {
            if Task.isCancelled { return nil }
            return [UInt8](repeating: 1, count: 10_000)
        }
        do {
            let relayed = capacity.relayed(MessageStream(endless), for: first, holding: Ending(ended.continuation))
            var iterator = relayed.makeAsyncIterator()
            _ = try await iterator.next()
        }
        for await _ in ended.stream {}
        try await eventually("the room is free") { capacity.memory.used == 0 && capacity.disk.used == 0 }
    }

    private final class Ending: Sendable {
        let continuation: AsyncStream<Void>.Continuation
        init(_ continuation: AsyncStream<Void>.Continuation) { self.continuation = continuation }
        deinit { continuation.finish() }
    }
}
