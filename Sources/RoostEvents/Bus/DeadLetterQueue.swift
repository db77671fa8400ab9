#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps the events that a group could not handle until somebody replays them.
public protocol DeadLetterQueue: Sendable {
    /// Adds a dead letter. It replaces one with the same group and event.
    func add(_ letter: DeadLetter) async throws
    /// Returns the dead letters of a group, the oldest first.
    /// - Parameters:
    ///   - group: The group.
    ///   - limit: The largest number to return.
    func list(group: String, limit: Int) async throws -> [DeadLetter]
    /// Delivers an event to its group again, and to no other, after all events that the group has yet to handle. The dead letter is
    /// removed.
    /// - Returns: Whether there was such a dead letter.
    @discardableResult
    func replay(_ eventID: String, group: String) async throws -> Bool
    /// Where a person finds the dead letters, for the log.
    var location: String { get }
}

extension DeadLetterQueue {
    /// A general name for the queue, for drivers that do not have a better one.
    public var location: String { "the bus's dead-letter queue" }
}

/// An event that could not be handled, and why.
public struct DeadLetter: Hashable, Sendable {
    /// The event.
    public let envelope: EventEnvelope
    /// The group that could not handle the event.
    public let group: String
    /// The error of the last attempt.
    public let error: String
    /// The number of attempts.
    public let attempts: Int
    /// The time at which the group stopped trying.
    public let time: Date

    /// Creates a dead letter.
    /// - Parameters:
    ///   - envelope: The event.
    ///   - group: The group that could not handle the event.
    ///   - error: The error of the last attempt.
    ///   - attempts: The number of attempts.
    ///   - time: The time at which the group stopped trying.
    public init(envelope: EventEnvelope, group: String, error: String, attempts: Int, time: Date = Date()) {
        self.envelope = envelope
        self.group = group
        self.error = error
        self.attempts = attempts
        self.time = time
    }
}
