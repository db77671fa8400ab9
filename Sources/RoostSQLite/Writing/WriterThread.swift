import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The thread of a `Writer`, and what only that thread uses.
// Sendable, because `own` and `jobs` are used only by the thread that `begin` recorded: `group` and the functions for jobs check that, and only
// that thread calls `begin` and `end`.
final class WriterThread: @unchecked Sendable {
    private let identity = Atomic<UInt>(0)
    private let wakes = DispatchSemaphore(value: 0)
    private var own: CommitGroup?
    private var jobs: [Writer.Job] = []

    /// Makes the calling thread the one that this object describes.
    func begin(with group: CommitGroup) {
        identity.store(Self.current, ordering: .releasing)
        own = group
    }

    /// Ends the association with the calling thread.
    /// - Returns: The jobs that are left.
    func end() -> [Writer.Job] {
        let left = takeJobs()
        own = nil
        identity.store(0, ordering: .releasing)
        return left
    }

    var isCurrent: Bool { identity.load(ordering: .relaxed) == Self.current }

    /// The group of the thread, or `nil` on another thread.
    var group: CommitGroup? { isCurrent ? own : nil }

    /// Adds a job that the thread itself enqueued.
    /// - Returns: Whether the calling thread is this one.
    func add(_ job: Writer.Job) -> Bool {
        guard isCurrent else { return false }
        jobs.append(job)
        return true
    }

    /// Whether there are jobs that the thread itself enqueued.
    var hasJobs: Bool { isCurrent && !jobs.isEmpty }

    /// Takes the jobs that the thread itself enqueued.
    func takeJobs() -> [Writer.Job] {
        guard isCurrent, !jobs.isEmpty else { return [] }
        defer { jobs = [] }
        return jobs
    }

    /// Waits for one `wake()`. Only the thread itself parks, and says beforehand what for.
    func park() { wakes.wait() }

    /// Waits for one `wake()` until a point in time.
    /// - Returns: Whether it came.
    func park(until instant: ContinuousClock.Instant) -> Bool {
        let time = max(.zero, instant - .now)
        return wakes.wait(timeout: .now() + .nanoseconds(Int(time / .nanoseconds(1)))) == .success
    }

    func wake() { wakes.signal() }

    private static var current: UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }
}
