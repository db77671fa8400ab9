import CSimulation
import Synchronization

/// Runs all tasks of a program on one thread, in an order that a seed decides, on virtual time and with random numbers of the seed. The same
/// seed gives the same run.
///
/// Time passes only when no task can run. `Task.sleep`, the clocks, `Date` and `SystemRandomNumberGenerator` are part of it. Threads are not:
/// a job that comes from another one ends the program.
public enum Simulation {
    /// What a simulation found.
    public struct Fault: Error, CustomStringConvertible {
        /// What is wrong.
        public let description: String

        /// Creates a fault.
        public init(_ description: String) { self.description = description }
    }

    /// The largest number of jobs that a simulation runs.
    private static let jobLimit = 20_000_000
    /// The largest number of jobs that run while no time passes. More are a loop that keeps a processor busy.
    private static let busyLimit = 200_000

    /// Makes the addresses in memory those of every other run. Call it first of all; it may start the program again.
    public static func prepare() { simulation_fix_addresses(CommandLine.unsafeArgv) }

    /// Runs work, and all tasks that result from it, until the work is done.
    /// - Parameters:
    ///   - seed: Decides the order.
    ///   - limit: The longest virtual time that it may take.
    ///   - body: The work.
    /// - Throws: A `Fault` if the work does not end in time, or nothing can run any more; the error of the work.
    public static func run(seed: UInt64, limit: Duration, _ body: @escaping @Sendable () async throws -> Void) throws {
        simulation_begin(seed)
        let outcome = Outcome()
        Task.detached {
            do {
                try await body()
                outcome.result.withLock { $0 = .success(()) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
        }
        var last = time, busy = 0
        for _ in 0..<jobLimit {
            if let result = outcome.result.withLock({ $0 }) { return try result.get() }
            guard simulation_step() != 0 else { throw Fault("nothing can run any more") }
            guard time < limit else { throw Fault("the work is not done after \(limit)") }
            busy = time == last ? busy + 1 : 0
            last = time
            guard busy < busyLimit else { throw Fault("the work keeps a processor busy without end") }
        }
        throw Fault("the work is not done after \(jobLimit) jobs")
    }

    /// The virtual time since the beginning.
    public static var time: Duration { .nanoseconds(simulation_time()) }

    /// A number that depends on all that has run, and on its order and times.
    public static var digest: UInt64 { simulation_digest() }

    /// Sets the date forward, or back, as a correction of the operating system's clock does.
    public static func setDate(by duration: Duration) { simulation_set_date(Int64(duration / .nanoseconds(1))) }

    private final class Outcome: Sendable {
        let result = Mutex<Result<Void, any Error>?>(nil)
    }
}
