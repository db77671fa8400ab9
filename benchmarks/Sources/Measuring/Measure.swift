import Foundation
import NIOCore
import NIOPosix

/// Runs something repeatedly with so many callers at a time, and prints how often it was done, in how many seconds, and the processor time of
/// this process meanwhile. The callers run on event loops, as the calls of a service do.
public func measure(callers: Int, seconds: Double, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    try await measure(callers: callers, each: 1, while: { _ in ContinuousClock.now < end }, body)
}

/// Does the same so many times with each caller. Each time counts as so many.
public func measure(callers: Int, times: Int, each: Int, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await measure(callers: callers, each: each, while: { $0 < times }, body)
}

private func measure(
    callers: Int, each: Int, while goesOn: @escaping @Sendable (_ done: Int) -> Bool, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    let used = processorSeconds(), began = ContinuousClock.now
    let done = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<callers {
            group.addTask(executorPreference: LoopExecutor(MultiThreadedEventLoopGroup.singleton.next())) {
                var done = 0
                while goesOn(done) {
                    try await body()
                    done += 1
                }
                return done
            }
        }
        return try await group.reduce(0, +)
    }
    print(done * each, (ContinuousClock.now - began) / .seconds(1), processorSeconds() - used)
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
