import Foundation
import NIOCore
import NIOPosix

/// Runs something repeatedly with so many callers at a time, and prints how often it was done, in how many seconds, and the processor time of
/// this process meanwhile. The callers run on event loops, as the calls of a service do.
public func measure(callers: Int, seconds: Double, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let used = processorSeconds(), began = ContinuousClock.now, end = began + .seconds(seconds)
    let done = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<callers {
            group.addTask(executorPreference: LoopExecutor(MultiThreadedEventLoopGroup.singleton.next())) {
                var done = 0
                while ContinuousClock.now < end {
                    try await body()
                    done += 1
                }
                return done
            }
        }
        return try await group.reduce(0, +)
    }
    print(done, (ContinuousClock.now - began) / .seconds(1), processorSeconds() - used)
}

/// The processor time of this process, in seconds.
public func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Runs tasks on an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
