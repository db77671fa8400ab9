public import Foundation
public import Roost
import Synchronization

/// A clock that stands still until a test advances it.
///
/// ```swift
/// let clock = TestClock()
/// let database = try await Database.open("sqlite:orders.db", clock: clock)
/// …
/// clock.advance(by: .seconds(3600))
/// ```
///
/// `TestSystem.run(drivers: [.sqlite(clock: clock)])` gives it to the databases, the store and the bus of a system. Whatever polls or renews
/// by the clock then waits for the test too, such as the lease of a job or the look for jobs of other processes.
public final class TestClock: ServiceClock {
    private let start: Date
    private let time = Observed(Duration.zero)
    private let jumps = Mutex(Duration.zero)

    /// Creates a clock.
    /// - Parameter now: The time that it shows first. The default is a time in 2027, to the full second.
    public init(now: Date = Date(timeIntervalSince1970: 1_800_000_000)) { start = now }

    /// The time to which the clock was advanced or set.
    public var now: Date {
        let (seconds, attoseconds) = (uptime + jumps.withLock { $0 }).components
        return start + Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// The time by which the clock was advanced since it was created.
    public var uptime: Duration { time.read { $0 } }

    /// Advances the clock, and wakes the tasks whose pauses are over.
    public func advance(by duration: Duration) { time.change { $0 += duration } }

    /// Sets the date forward, or back if the duration is negative, as a correction of the operating system's clock does. Pauses, and `uptime`,
    /// are not affected.
    public func jump(by duration: Duration) { jumps.withLock { $0 += duration } }

    /// Advances the clock again and again until a condition holds, in steps between which the tasks that it woke can run.
    ///
    /// Use it for work that pauses several times, or whose pause may not have begun yet.
    /// - Parameters:
    ///   - step: How far the clock is advanced each time.
    ///   - what: What the test waits for, in the words of the error.
    ///   - limit: How long to wait by the real time.
    ///   - holds: Returns whether the condition holds.
    /// - Throws: An `OverdueError` if the condition does not hold in time; whatever `holds` throws.
    public func advance(
        by step: Duration, until what: String, within limit: Duration = .seconds(30), _ holds: () async throws -> Bool
    ) async throws {
        try await eventually(what, within: limit) {
            if try await holds() { return true }
            advance(by: step)
            return false
        }
    }

    /// Pauses the task until the clock has been advanced far enough.
    /// - Throws: A `CancellationError` if the task is cancelled first.
    public func sleep(for duration: Duration) async throws {
        let end = uptime + duration
        try await time.wait(for: "the time", within: nil) { $0 >= end ? () : nil }
    }
}
