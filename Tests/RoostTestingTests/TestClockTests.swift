import Foundation
import Roost
import RoostTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct TestClockTests {
    @Test func itShowsTheTimeToWhichItWasAdvanced() {
        let start = Date(timeIntervalSince1970: 1000), clock = TestClock(now: start)
        #expect(clock.now == start && clock.uptime == .zero)
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now == start + 1.5 && clock.uptime == .milliseconds(1500))
    }

    @Test func aJumpChangesTheDateAlone() async throws {
        let start = Date(timeIntervalSince1970: 10_000), clock = TestClock(now: start), woken = Calls<Int>()
        async let pause: Void = {
            try await clock.sleep(for: .seconds(60))
            woken.record(1)
        }()
        clock.jump(by: .seconds(3600))
        #expect(clock.now == start + 3600 && clock.uptime == .zero)
        clock.jump(by: .seconds(-7200))
        #expect(clock.now == start - 3600 && clock.uptime == .zero && woken.count == 0)
        try await clock.advance(by: .seconds(60), until: "the pause") { woken.count == 1 }
        #expect(clock.now == start - 3600 + TimeInterval(clock.uptime.components.seconds))
        try await pause
    }

    @Test func pausesEndOnceTheClockIsThere() async throws {
        let clock = TestClock(), woken = Calls<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.record(seconds)
                }
            }
            // The pauses that have not begun yet begin later; so the clock is advanced until they are over.
            for count in 1...3 { try await clock.advance(by: .milliseconds(100), until: "pause \(count)") { woken.count >= count } }
            try await group.waitForAll()
        }
        #expect(Set(woken.all) == [1, 2, 3])
    }

    @Test func aPauseThatIsOverDoesNotWait() async throws {
        try await TestClock().sleep(for: .zero)
    }

    @Test func aCancelledPauseThrows() async throws {
        let clock = TestClock()
        let pause = Task { try await clock.sleep(for: .seconds(1)) }
        pause.cancel()
        await #expect(throws: CancellationError.self) { try await pause.value }
    }

    @Test func whatNeverHappensIsNamed() async throws {
        let clock = TestClock()
        let error = await #expect(throws: OverdueError.self) {
            try await clock.advance(by: .seconds(1), until: "the end of time", within: .milliseconds(1)) { false }
        }
        #expect(error?.description.contains("the end of time") == true)
    }

    @Test func theClockOfTheOperatingSystem() async throws {
        let clock = WallClock(), before = clock.uptime
        // The real clock is the subject.
        try await clock.sleep(for: .nanoseconds(1))
        #expect(clock.uptime > before)
        #expect(abs(clock.now.timeIntervalSinceNow) < 60)
    }
}
