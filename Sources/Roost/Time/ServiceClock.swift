#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The time by which stored data lives: when a job is due, when a lease or an entry expires, when an event is tried again.
///
/// A database has a clock, and everything that works with its data goes by it. A test gives a database a clock that it advances itself, the
/// `TestClock` of RoostTesting.
public protocol ServiceClock: Sendable {
    /// The date and time.
    var now: Date { get }
    /// The time since an arbitrary moment. Unlike `now`, it is never set back.
    var uptime: Duration { get }
    /// Pauses the task.
    /// - Throws: A `CancellationError` if the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The clock of the operating system.
public struct WallClock: ServiceClock {
    private static let start = ContinuousClock.now

    /// Creates a value for the clock; all of them are the same.
    public init() {}

    /// The date and time.
    public var now: Date { Date() }
    /// The time since the process first asked for it.
    public var uptime: Duration { Self.start.duration(to: .now) }
    /// Pauses the task.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
