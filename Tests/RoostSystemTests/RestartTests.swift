import Logging
import Roost
import Testing

@testable import RoostSystem

@Suite struct RestartTests {
    @Test func pausesGrowToABoundAndBeginAnewAfterASteadyRun() {
        var policy = RestartPolicy()
        let pauses = (0..<12).map { _ in policy.pause(afterRunning: .zero) }
        #expect(pauses.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(pauses.last == RestartPolicy.longest && pauses == pauses.sorted())
        #expect(policy.pause(afterRunning: .seconds(9)) == RestartPolicy.longest)
        #expect(policy.pause(afterRunning: .seconds(10)) == RestartPolicy.shortest)
    }

    @Test func aWorkerThatFailsStartsAgain() async {
        let runs = Runs()
        await Worker("test") { if await runs.next() < 3 { throw Failure() } }.run(logger: Self.silent)
        #expect(await runs.count == 3)
    }

    @Test func aWorkerEndsWhenItIsCancelled() async {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let worker = Worker("test") {
            begin.yield()
            try await Task.sleep(for: .seconds(3600))
        }
        let task = Task { await worker.run(logger: Self.silent) }
        for await _ in begun { break }
        task.cancel()
        await task.value
    }

    private struct Failure: Error {}

    private actor Runs {
        private(set) var count = 0

        @discardableResult
        func next() -> Int {
            count += 1
            return count
        }
    }

    private static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
