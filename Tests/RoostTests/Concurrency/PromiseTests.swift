import Roost
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct PromiseTests {
    private struct Fault: Error {}

    @Test func theFirstResultCounts() async throws {
        let promise = Promise<Int>()
        #expect(promise.outcome == nil)
        let waiting = (0..<5).map { _ in Task { try await promise.value() } }
        #expect(promise.fulfill(.success(1)))
        #expect(!promise.fulfill(.success(2)) && !promise.fulfill(.failure(Fault())))
        for task in waiting { #expect(try await task.value == 1) }
        #expect(try await promise.value(by: .now) == 1)
        #expect(try promise.outcome?.get() == 1)
    }

    @Test func anErrorIsForEveryone() async {
        let promise = Promise<Int>()
        let waiting = Task { try await promise.value() }
        promise.fulfill(.failure(Fault()))
        await #expect(throws: Fault.self) { try await waiting.value }
        await #expect(throws: Fault.self) { try await promise.value() }
    }

    @Test func whoGivesUpLeavesThePromiseToTheOthers() async throws {
        let promise = Promise<Int>()
        let other = Task { try await promise.value() }, cancelled = Task { try await promise.value() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        await #expect(throws: Fault.self) { try await promise.value(by: .now, orThrow: Fault()) }
        #expect(promise.fulfill(.success(1)))
        #expect(try await other.value == 1)
    }

    @Test func aClaimThatIsGivenUpCannotBeFulfilled() async {
        let promise = Promise<Int>(), late = Promise<Int>()
        let claim = Task { try await promise.claim() }
        claim.cancel()
        await #expect(throws: CancellationError.self) { try await claim.value }
        #expect(!promise.fulfill(.success(1)))
        await #expect(throws: Fault.self) { try await late.claim(by: .now, orThrow: Fault()) }
        #expect(!late.fulfill(.success(1)))
    }

    /// A value is either received or refused, and never lost, even if it arrives at the moment of the cancellation.
    @Test func aValueThatIsAcceptedIsReceived() async {
        var received = 0, accepted = 0
        for _ in 0..<500 {
            let promise = Promise<Int>()
            let claim = Task { (try? await promise.claim()) != nil }
            async let isAccepted = Task { promise.fulfill(.success(1)) }.value
            claim.cancel()
            if await isAccepted { accepted += 1 }
            if await claim.value { received += 1 }
        }
        #expect(received == accepted)
    }
}
