import Testing

@testable import RoostEvents

@Suite struct RetryPolicyTests {
    @Test func pausesDoubleUpToTheLongest() {
        let policy = RetryPolicy(first: .milliseconds(100), longest: .seconds(1))
        #expect((1...6).map { policy.delay(after: $0, jitter: 1) } == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(policy.delay(after: .max, jitter: 1) == .seconds(1))
    }

    @Test func jitterTakesAwayUpToHalf() {
        #expect(RetryPolicy(first: .milliseconds(100)).delay(after: 1, jitter: 0) == .milliseconds(50))
    }
}
