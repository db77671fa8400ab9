import Roost
import Testing

@testable import Roost
@testable import RoostGRPC

/// What keeps a client from making an overload worse. Time and randomness are controlled by the test.
struct TimeoutTests {
    private let start = ContinuousClock.now

    @Test func theBackoffIsThatOfGRPCWithABoundOfItsOwn() {
        let seconds = (1...40).map { ConnectionSet.backoff.pause(after: $0, chance: 0.5).inSeconds }
        for (index, expected) in [1, 1.6, 2.56, 4.096, 5].enumerated() { #expect(abs(seconds[index] - expected) < 0.001) }
        #expect(abs((seconds.last ?? 0) - 5) < 0.001)
        #expect(abs(ConnectionSet.backoff.pause(after: 1, chance: 0).inSeconds - 0.8) < 0.001)
    }

    @Test func theBudgetEndsRetriesAndSuccessesRefillIt() {
        var budget = RetryBudget()
        var allowed = 0
        for _ in 0..<100 {
            budget.fail()
            if budget.allowsRetry { allowed += 1 }
        }
        #expect(allowed == 4)
        for _ in 0..<51 { budget.succeed() }
        #expect(budget.allowsRetry)
        for _ in 0..<1000 { budget.succeed() }
        for _ in 0..<4 { budget.fail() }
        #expect(budget.allowsRetry)
        budget.fail()
        #expect(!budget.allowsRetry)
    }

    private func breaker(calls: Int, failing: (Int) -> Bool) -> CircuitBreaker {
        var breaker = CircuitBreaker(start: start)
        for number in 0..<calls { breaker.note(accepted: !failing(number), at: start) }
        return breaker
    }

    @Test func aServiceThatWorksGetsEveryCall() {
        #expect(breaker(calls: 0) { _ in false }.allows(at: start, chance: 0))
        #expect(breaker(calls: 1000) { _ in false }.allows(at: start, chance: 0))
        // Every second call fails, which is the largest tolerated share.
        #expect(breaker(calls: 1000) { $0.isMultiple(of: 2) }.allows(at: start, chance: 0))
        #expect(breaker(calls: 5) { _ in true }.allows(at: start, chance: 0))
    }

    @Test func aServiceThatFailsGetsFewCalls() {
        let dead = breaker(calls: 1000) { _ in true }
        #expect(!dead.allows(at: start, chance: 0.99) && dead.allows(at: start, chance: 0.995))
        // Three of four fail, so half of the calls are not made.
        let half = breaker(calls: 1000) { !$0.isMultiple(of: 4) }
        #expect(!half.allows(at: start, chance: 0.45) && half.allows(at: start, chance: 0.55))
    }

    @Test func whatIsLongAgoIsForgotten() {
        var breaker = breaker(calls: 1000) { _ in true }
        #expect(!breaker.allows(at: start + .seconds(8), chance: 0.5))
        #expect(breaker.allows(at: start + .seconds(11), chance: 0))
        for _ in 0..<1000 { breaker.note(accepted: true, at: start + .seconds(11)) }
        #expect(breaker.allows(at: start + .seconds(11), chance: 0))
        #expect(breaker.allows(at: start + .seconds(1_000_000), chance: 0))
    }
}
