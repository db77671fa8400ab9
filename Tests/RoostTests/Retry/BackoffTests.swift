import Roost
import Testing

@Suite struct BackoffTests {
    @Test func pausesGrowUpToTheLongest() {
        let backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
        #expect((1...6).map { backoff.pause(after: $0, chance: 1) } == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(backoff.pause(after: .max, chance: 1) == .seconds(1))
        #expect(backoff.pause(after: 0, chance: 1) == .milliseconds(100))
        let triple = Backoff(first: .seconds(5), longest: .seconds(3600), factor: 3, jitter: 0.8...1.2)
        #expect([1, 2, 3, 7, 50].map { triple.pause(after: $0, chance: 0.5) } == [5, 15, 45, 3600, 3600].map { .seconds($0) })
    }

    @Test func aPauseThatDoesNotGrowStaysAsItIs() {
        let steady = Backoff(first: .seconds(2), longest: .seconds(60), factor: 1, jitter: 1...1)
        #expect(steady.pause(after: .max) == .seconds(2))
        #expect(Backoff(first: .seconds(9), longest: .seconds(4), jitter: 1...1).pause(after: 1) == .seconds(4))
    }

    @Test func chanceMovesAPauseWithinItsRange() {
        let backoff = Backoff(first: .milliseconds(100), jitter: 0.5...1.5)
        #expect(backoff.pause(after: 1, chance: 0) == .milliseconds(50))
        #expect(backoff.pause(after: 1, chance: 1) == .milliseconds(150))
        for _ in 0..<100 { #expect((Duration.milliseconds(50)...(.milliseconds(150))).contains(backoff.pause(after: 1))) }
    }

    @Test func aStreakStartsAnewAfterASuccessAndAfterALongRun() {
        var streak = FailureStreak(Backoff(first: .milliseconds(100), longest: .seconds(10), jitter: 1...1))
        let pauses = (0..<9).map { _ in streak.fail() }
        #expect(pauses.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(pauses.last == .seconds(10) && streak.count == 9)
        #expect(streak.fail(afterRunning: .seconds(9)) == .seconds(10))
        #expect(streak.fail(afterRunning: .seconds(10)) == .milliseconds(100))
        _ = streak.fail()
        streak.succeed()
        #expect(streak.count == 0 && streak.fail() == .milliseconds(100))
    }
}
