import Roost
import Testing

@Suite(.timeLimit(.minutes(5))) struct LatchTests {
    @Test func anOpenLatchLetsEveryonePass() async {
        let latch = Latch()
        #expect(!latch.isOpen)
        let tasks = (0..<10).map { _ in Task { await latch.wait(by: nil) } }
        let patient = Task { await latch.wait() }
        latch.open()
        for task in tasks { #expect(await task.value == .opened) }
        await patient.value
        #expect(latch.isOpen)
        #expect(await latch.wait(by: .now) == .opened)
        latch.open()
    }

    @Test func aWaitEndsAtItsDeadlineAndTheOthersGoOn() async {
        let latch = Latch()
        let other = Task { await latch.wait(by: nil) }
        #expect(await latch.wait(by: .now) == .late)
        #expect(await latch.wait(by: .now + .milliseconds(1)) == .late)
        latch.open()
        #expect(await other.value == .opened)
    }

    @Test func aWaitEndsWithItsTaskAndTheOthersGoOn() async {
        let latch = Latch()
        let waiting = Task { await latch.wait(by: nil) }, other = Task { await latch.wait(by: .now + .seconds(3600)) }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        latch.open()
        #expect(await other.value == .opened)
    }

    @Test func aTaskThatIsCancelledBeforeItWaitsDoesNotWait() async {
        let latch = Latch()
        let ending = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await latch.wait(by: nil)
        }.value
        #expect(ending == .cancelled)
    }

    @Test func aWaitCanOutlastACancellation() async {
        let latch = Latch()
        let waiting = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await latch.wait()
            return latch.isOpen
        }
        // If the wait ended with the task, the latch would still be closed at this point.
        for _ in 0..<100 { await Task.yield() }
        latch.open()
        #expect(await waiting.value)
    }

    /// Each wait ends exactly once, whatever happens at the same time: a continuation that is lost or resumed twice would end the test.
    @Test func openingCancellationAndDeadlinesMayCoincide() async {
        for _ in 0..<300 {
            let latch = Latch()
            let tasks = (0..<6).map { index in Task { await latch.wait(by: index < 3 ? .now + .microseconds(50) : nil) } }
            await withDiscardingTaskGroup { group in
                group.addTask { latch.open() }
                for task in tasks { group.addTask { task.cancel() } }
            }
            for task in tasks { _ = await task.value }
        }
    }
}
